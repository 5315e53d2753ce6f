import fc from "fast-check";
import { expect, onTestFinished } from "vitest";
import { ReferenceClient } from "../../testing/reference-client.ts";
import type { SocketEnd } from "../../testing/socket-end.ts";
import { socketPair } from "../../testing/socket-pair.ts";
import type { LivesetServer } from "../create-server.ts";

/** A row of the table that all clients follow: tasks of an owner, whose parent is a list. */
type Task = Readonly<Record<string, unknown>> & { readonly id: number };

/** What the clients are run against. */
export interface Served {
  /** Nodes over the same rows. Their principal is the one that `?user=` names, and sees his own tasks. */
  readonly nodes: readonly LivesetServer[];
  /** Runs SQL as anybody might. */
  run(statement: string): Promise<unknown>;
}

/** A client of some dialect, and the rows that it holds. */
interface Follower {
  readonly dialect: string;
  rows(): readonly Task[];
}

type Rows = Map<number, Task>;
type Message = Readonly<Record<string, unknown>>;

function openSocket(server: LivesetServer, path: string, user: number, protocol: string): SocketEnd {
  const pair = socketPair({ protocol });
  server.accept(pair.server, new Request(`http://test${path}?user=${user}`));
  onTestFinished(() => pair.client.close());
  return pair.client;
}

function hear(socket: SocketEnd, apply: (message: Message) => void): void {
  socket.addEventListener("message", ({ data }) => apply(JSON.parse(String(data)) as Message));
}

function opened(socket: SocketEnd): Promise<void> {
  return new Promise((resolve) => socket.addEventListener("open", () => resolve()));
}

async function followLiveset(server: LivesetServer, user: number): Promise<Follower> {
  const client = new ReferenceClient(openSocket(server, "/ws/", user, "liveset.v1"));
  await client.until(() => client.frames.length > 0);
  const list = await client.open("s", { resource: "tasks", action: "list" });
  onTestFinished(() => expect(client.faults).toEqual([]));
  return { dialect: "liveset.v1", rows: () => [...list.rows.values()] as unknown as Task[] };
}

async function followRestLive(server: LivesetServer, user: number): Promise<Follower> {
  const socket = openSocket(server, "/ws/subscribe/", user, "");
  const rows: Rows = new Map();
  hear(socket, ({ type, instances, action, instance }) => {
    if (type === "snapshot") for (const row of instances as Task[]) rows.set(row.id, row);
    if (type !== "broadcast") return;
    const row = instance as Task;
    if (action === "DELETED") rows.delete(row.id);
    else rows.set(row.id, row);
  });
  await opened(socket);
  socket.send(
    JSON.stringify({ type: "subscribe", id: 1, model: "app.Task", action: "list", snapshot: true }),
  );
  return { dialect: "rest-live", rows: () => [...rows.values()] };
}

async function followDcrf(server: LivesetServer, user: number): Promise<Follower> {
  const socket = openSocket(server, "/ws/", user, "");
  const rows: Rows = new Map();
  hear(socket, ({ payload }) => {
    const { action, data } = payload as { action: string; data: unknown };
    if (action === "list") for (const row of data as Task[]) rows.set(row.id, row);
    else if (action === "create" || action === "update") rows.set((data as Task).id, data as Task);
    else if (action === "delete") rows.delete((data as { pk: number }).pk);
  });
  await opened(socket);
  for (const action of ["subscribe_all", "list"])
    socket.send(JSON.stringify({ stream: "tasks", payload: { action, request_id: `${user}-${action}` } }));
  return { dialect: "dcrf", rows: () => [...rows.values()] };
}

/** Knows which rows it holds, and asks REST for them: for all where their parent changed. */
async function followNotices(server: LivesetServer, user: number): Promise<Follower> {
  const socket = openSocket(server, "/ws/notifications/", user, "");
  let rows: Rows = new Map();
  let asking = Promise.resolve();
  const ask = async (): Promise<void> => {
    const response = await server.fetch(new Request(`http://test/api/tasks/?limit=1000&user=${user}`));
    // The server is closing: nobody looks any more.
    if (!response.ok) return;
    const { results } = (await response.json()) as { results: Task[] };
    rows = new Map(results.map((row) => [row.id, row]));
  };
  hear(socket, ({ action, ids }) => {
    if (action === "delete") for (const id of ids as string[]) rows.delete(Number(id));
    asking = asking.then(ask);
  });
  await opened(socket);
  await ask();
  return { dialect: "notices", rows: () => [...rows.values()] };
}

const write = fc.oneof(
  fc
    .tuple(fc.nat(30), fc.nat(999))
    .map(([id, text]) => `update tasks set text = 't${text}' where id = ${id}`),
  fc
    .tuple(fc.nat(30), fc.integer({ min: 1, max: 2 }))
    .map(([id, owner]) => `update tasks set owner = ${owner} where id = ${id}`),
  fc.nat(30).map((id) => `delete from tasks where id = ${id}`),
  fc
    .integer({ min: 1, max: 2 })
    .map((owner) => `insert into tasks (text, owner, list_id) values ('new', ${owner}, 1)`),
  fc.nat(9).map((least) => `update tasks set text = 'many' where id > ${least * 3}`),
);

/** Writes at random, with clients of every dialect and two users watching on each node, until each holds what REST answers its user. */
export async function expectAllExact({ nodes, run }: Served, writes: number): Promise<void> {
  await run("insert into lists (id) values (1)");
  for (let id = 1; id <= 20; id++)
    await run(`insert into tasks (text, owner, list_id) values ('t${id}', ${(id % 2) + 1}, 1)`);
  const follow = [followLiveset, followRestLive, followDcrf, followNotices];
  const places = nodes.flatMap((server, node) => [1, 2].map((user) => ({ server, node, user })));
  const followers = await Promise.all(
    places.flatMap((place) =>
      follow.map(async (begin) => ({ ...place, ...(await begin(place.server, place.user)) })),
    ),
  );
  for (const server of nodes)
    await expect
      .poll(() => server.stats(), { timeout: 10_000 })
      .toMatchObject({ connections: 8, opening: 0 });
  const seed = Number(process.env.LIVESET_SEED ?? Math.floor(Math.random() * 2 ** 31));
  for (const statement of fc.sample(write, { numRuns: writes, seed })) await run(statement);
  for (const { server, node, user, dialect, rows } of followers) {
    const response = await server.fetch(new Request(`http://test/api/tasks/?limit=1000&user=${user}`));
    const { results } = (await response.json()) as { results: Task[] };
    const message = `${dialect}, user ${user}, node ${node}, LIVESET_SEED=${seed}`;
    const sorted = (): readonly Task[] => rows().toSorted((a, b) => a.id - b.id);
    await expect.poll(sorted, { message, timeout: 10_000 }).toEqual(results);
  }
}
