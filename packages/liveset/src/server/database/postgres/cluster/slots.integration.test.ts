import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { expect, onTestFinished, test } from "vitest";
import { type LeftBehind, ReferenceClient } from "../../../../testing/reference-client.ts";
import { socketPair } from "../../../../testing/socket-pair.ts";
import { createServer, type LivesetServer } from "../../../create-server.ts";
import { defineApi } from "../../../define-api.ts";
import { resource } from "../../../resource.ts";
import type { ServerOptions } from "../../../server-options.ts";
import { sqlite } from "../../sqlite/sqlite.ts";
import { makeDatabase } from "../make-database.fixture.ts";
import { postgres } from "../postgres.ts";

const entries = pgTable("entries", { id: integer().primaryKey(), owner: integer().notNull() });
const entriesNow = pgTable("entries", {
  id: integer().primaryKey(),
  owner: integer().notNull(),
  note: text(),
});
const scope = ({ user }: { readonly user: { readonly id: string | number } | null }) =>
  user === null ? {} : { owner: Number(user.id) };
const api = defineApi({ entries: resource(entries, { scope }) });
const apiNow = defineApi({ entries: resource(entriesNow) });
const list = { resource: "entries", action: "list" } as const;

type Left = ReadonlyMap<string, LeftBehind>;

/** A node in this process, which ends with the test. */
class Node {
  readonly server: LivesetServer;

  constructor(
    url: string,
    { declared = api, ...options }: Partial<ServerOptions> & { declared?: typeof api } = {},
  ) {
    this.server = createServer(declared, { database: postgres(url), cluster: "slots", ...options });
    onTestFinished(() => this.server.close());
  }

  async connect(left?: Left): Promise<ReferenceClient> {
    const pair = socketPair();
    const client = new ReferenceClient(pair.client, left);
    onTestFinished(() => expect(client.faults).toEqual([]));
    this.server.accept(pair.server, new Request("http://test/ws/"));
    await client.until(() => client.frames.length > 0);
    await client.open("s", list);
    return client;
  }
}

async function world() {
  const {
    url,
    client: sql,
    remove,
  } = await makeDatabase(
    "CREATE TABLE entries (id integer PRIMARY KEY, owner integer NOT NULL, note text); INSERT INTO entries VALUES (1, 1)",
  );
  onTestFinished(() => remove());
  const slots = async () => {
    const { rows } = await sql.query<{ temporary: boolean; pid: number }>(
      "SELECT temporary, active_pid AS pid FROM pg_replication_slots WHERE database = current_database()",
    );
    return rows;
  };
  return { url, sql, slots, insert: (id: number) => sql.query("INSERT INTO entries VALUES ($1, 1)", [id]) };
}

const idsOf = (client: ReferenceClient) =>
  client
    .rows("s")
    .map(({ id }) => id)
    .sort();
const resets = (client: ReferenceClient) => client.frames.filter(({ type }) => type === "reset").length;
const liveness = (client: ReferenceClient) =>
  client.frames.flatMap((frame) => (frame.type === "feed" ? [frame.live] : []));
const resumed = (client: ReferenceClient) =>
  client.frames.flatMap((frame) => (frame.type === "subscribed" ? [frame.resumed] : []));

test("P4: a client of a node that is gone resumes on one that began before; on one that began later its lists are sent anew", async () => {
  const { url, insert, slots } = await world();
  const [old, one] = [new Node(url), new Node(url)];
  // The client's node begins last: nothing was written since, and its cursor is no transaction's.
  await old.server.open();
  await one.server.open();
  const client = await one.connect();
  expect((await slots()).map(({ temporary }) => temporary)).toEqual([true, true]);
  await one.server.close();
  await client.until(() => client.closes.length > 0);
  await insert(2);
  const idle = client.leaveBehind();
  const again = await old.connect(idle);
  await insert(3);
  await again.until(() => idsOf(again).length === 3);
  expect([resumed(again), resets(again), idsOf(again)]).toEqual([[true], 0, [1, 2, 3]]);
  const left = again.leaveBehind();
  const late = new Node(url);
  await late.server.open();
  await insert(4);
  const [early, anew] = [await late.connect(left), await late.connect(idle)];
  for (const each of [early, anew]) await each.until(() => idsOf(each).length === 4);
  expect([early, anew].map(resumed)).toEqual([[false], [false]]);
  // From a transaction that both nodes have been told.
  const told = await old.connect(early.leaveBehind());
  expect([resumed(told), idsOf(told)]).toEqual([[true], [1, 2, 3, 4]]);
});

test("P1 P4: a node whose slot ends sends its lists anew; the others go on, and nothing is left behind", async () => {
  const { url, sql, slots, insert } = await world();
  const [one, two] = [new Node(url), new Node(url)];
  await one.server.open();
  const first = await one.connect();
  const [slot] = await slots();
  await two.server.open();
  const second = await two.connect();
  await sql.query("SELECT pg_terminate_backend($1)", [slot?.pid]);
  await first.until(() => resets(first) === 1);
  await insert(2);
  for (const client of [first, second]) await client.until(() => idsOf(client).length === 2);
  await first.until(() => liveness(first).at(-1) === true);
  expect([liveness(first), resets(first)]).toEqual([[false, true], 1]);
  expect([liveness(second), resets(second)]).toEqual([[], 0]);
  await insert(3);
  for (const client of [first, second]) await client.until(() => idsOf(client).length === 3);
  await Promise.all([one, two].map(({ server }) => server.close()));
  expect(await slots()).toEqual([]);
});

test("P9: refresh and revoke reach all nodes within a second, and again after a node's connection was lost", async () => {
  const { url, sql } = await world();
  await sql.query("INSERT INTO entries VALUES (2, 2)");
  let user = 1;
  const options = { authenticate: () => ({ id: user }), principalId: () => "anna ".repeat(2_000) };
  const nodes = [new Node(url, options), new Node(url, options)] as const;
  // At the same time, on a database where nothing is installed.
  await Promise.all(nodes.map(({ server }) => server.open()));
  const clients = [await nodes[0].connect(), await nodes[1].connect()];
  const took = async (check: (client: ReferenceClient) => boolean) => {
    const begin = performance.now();
    await Promise.all(clients.map((client) => client.until(() => check(client))));
    return performance.now() - begin;
  };
  user = 2;
  void nodes[0].server.refresh(options.principalId());
  expect(await took((client) => idsOf(client)[0] === 2)).toBeLessThan(1_000);
  // What was said meanwhile is missed: all principals are asked for anew.
  user = 1;
  await sql.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
  await took((client) => idsOf(client)[0] === 1);
  nodes[1].server.revoke(options.principalId());
  expect(await took(({ closes }) => closes[0] === 4401)).toBeLessThan(1_000);
});

test("Nodes that declare different columns read side by side: each is told of what is truncated, and none begins anew", async () => {
  const { url, sql } = await world();
  const installed = () => sql.query("SELECT oid FROM pg_trigger WHERE NOT tgisinternal");
  const [one, two] = [new Node(url), new Node(url, { declared: apiNow })];
  await one.server.open();
  const before = (await installed()).rows;
  await two.server.open();
  expect((await installed()).rows).toEqual(before);
  const clients = [await one.connect(), await two.connect()] as const;
  await sql.query("INSERT INTO entries VALUES (2, 1, 'new')");
  for (const client of clients) await client.until(() => idsOf(client).length === 2);
  await sql.query("TRUNCATE entries");
  for (const client of clients) await client.until(() => idsOf(client).length === 0);
  expect(clients.map(resets)).toEqual([0, 0]);
  // Rows of one would lack columns of the other: no cursor is both's.
  const moved = await two.connect(clients[0].leaveBehind());
  expect(resumed(moved)).toEqual([false]);
});

test("Slots are refused with a reason where there can be none: by triggers, and on SQLite", async () => {
  const { url } = await world();
  const byTriggers = new Node(url, { database: postgres(url, { capture: "triggers" }) });
  await expect(byTriggers.server.open()).rejects.toThrow('cluster: "slots" needs logical replication');
  expect(() => createServer(api, { database: sqlite(":memory:"), cluster: "slots" })).toThrow(
    'cluster: "slots" needs PostgreSQL',
  );
});
