import { eq } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Down } from "../../core/protocol/down.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import type { SocketEnd } from "../../testing/socket-end.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, startFixture, tasks } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const soak = Number(process.env.LIVESET_SOAK ?? 1);
/** Enough to fill the socket's buffer beyond the mark. */
const long = "x".repeat(70_000);

interface Held {
  readonly client: ReferenceClient;
  readonly socket: SocketEnd;
  readonly release: () => void;
}

/** A client of the list, whose cable is held with a full buffer: its list has row 1, then 0 has entered. */
async function startHeld(fixture: Fixture): Promise<Held> {
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'first', 1)");
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  const release = pair.hold("client");
  await fixture.run(`insert into tasks (id, text, ownerId) values (0, '${long}', 1)`);
  return { client, socket: pair.server, release };
}

function after<T extends Down["type"]>(client: ReferenceClient, count: number, type: T): readonly Down[] {
  return client.frames.slice(count).filter((frame) => frame.type === type);
}

test("P8: changes that wait are one for each row, in one commit: what came and went is nothing", async () => {
  const fixture = await startFixture();
  const { client, release } = await startHeld(fixture);
  for (let i = 0; i < 50; i++) await fixture.run(`update tasks set text = 'v${i}' where id = 1`);
  await fixture.run("insert into tasks (id, text, ownerId) values (2, 'short', 1)");
  await fixture.run("delete from tasks where id = 2");
  await fixture.run("insert into tasks (id, text, ownerId) values (3, 'new', 1)");
  await fixture.run("update tasks set text = 'newer' where id = 3");
  await fixture.run("delete from tasks where id = 0");
  const { cursor } = fixture.database.feed;
  const seen = client.frames.length;
  release();
  await client.until(() => client.cursor === cursor);
  const changes = after(client, seen, "changes");
  expect(changes.slice(1)).toEqual([
    {
      type: "changes",
      group: expect.any(Number),
      cursor,
      enter: [{ id: 3, text: "newer", done: false, ownerId: 1 }],
      update: [{ id: 1, text: "v49", done: false, ownerId: 1 }],
      leave: ["0"],
    },
  ]);
  expect(after(client, seen, "commit")).toHaveLength(2);
});

test("P8: pings of a slow reader are answered once, with a cursor that its lists have reached", async () => {
  const fixture = await startFixture();
  const { client, release } = await startHeld(fixture);
  const seen = client.frames.length;
  for (let i = 0; i < 5; i++) {
    client.send({ type: "ping" });
    await fixture.run(`update tasks set text = 'v${i}' where id = 1`);
  }
  release();
  await client.until(() => client.frames.at(-1)?.type === "pong");
  expect(after(client, seen, "pong")).toEqual([{ type: "pong", cursor: fixture.database.feed.cursor }]);
  expect(client.rows("s").find(({ id }) => id === 1)?.text).toBe("v4");
});

test("P6: a response that waits stands behind its own change, and the commit names the mutation", async () => {
  const fixture = await startFixture();
  const { client, release } = await startHeld(fixture);
  const seen = client.frames.length;
  const wish = { resource: "tasks", action: "patch", key: 1 };
  const answers = [1, 2].map((n) =>
    client.request(`r${n}`, { ...wish, data: { text: `mine ${n}` }, mutation: `m${n}` }),
  );
  const texts = async () => (await fixture.db.select().from(tasks)).map(({ text }) => text);
  await expect.poll(texts).toContain("mine 2");
  await (await fixture.connect(1)).ping();
  await fixture.run("update tasks set text = text || '!' where id = 1");
  release();
  await Promise.all(answers);
  const types = client.frames.slice(seen).map(({ type }) => type);
  expect(types).toEqual(["changes", "commit", "changes", "commit", "response", "response"]);
  const mutations = client.frames.flatMap((frame) =>
    frame.type === "commit" ? (frame.mutations ?? []) : [],
  );
  expect(mutations).toEqual(["m1", "m2"]);
});

test("P8: pitfall 3: beyond the soft bound the list is reset, costs nothing, and comes anew when the reader has caught up", async () => {
  const fixture = await startFixture({ limits: { waitingBytes: 3000 } });
  const { client, socket, release } = await startHeld(fixture);
  const quick = await fixture.connect(1);
  await quick.open("s", list);
  for (let i = 10; i < 60; i++)
    await fixture.run(`insert into tasks (id, text, ownerId) values (${i}, '${"y".repeat(50)}', 1)`);
  await quick.ping();
  expect(quick.rows("s")).toHaveLength(52);
  expect(fixture.server.stats()).toEqual({ connections: 2, subscriptions: 2, opening: 1, groups: 1 });
  expect(socket.bufferedAmount).toBeLessThan(80_000);
  const seen = client.frames.length;
  release();
  await client.until(() => client.lists.get("s")?.rows.size === 52);
  const rest = client.frames.slice(seen).filter(({ type }) => type === "reset" || type === "subscribed");
  expect(rest).toMatchObject([{ reason: "slow_reader" }, { id: "s", resumed: false }]);
  await fixture.run("delete from tasks where id > 1");
  await client.until(() => client.rows("s").length === 2);
});

test("P1: P7: a list that fails while its reader is slow is over before the commit that it cannot be shown at", async () => {
  const fixture = await startFixture({
    api: defineApi({
      tasks: resource(tasks, { fields: ["id", "text"] }),
      fragile: resource(tasks, {
        fields: ["id"],
        computed: {
          loud: ({ text }) => {
            if (text === "boom") throw new Error("too loud");
            return text;
          },
        },
      }),
    }),
  });
  const { client, release } = await startHeld(fixture);
  release();
  await client.open("fragile", { resource: "fragile", action: "list" });
  const { pair, client: other } = await fixture.connectPair(1);
  await other.open("fragile", { resource: "fragile", action: "list" });
  await other.open("s", list);
  const again = pair.hold("client");
  await fixture.run(`update tasks set text = '${long}!' where id = 0`);
  const seen = other.frames.length;
  await fixture.run("update tasks set text = 'boom' where id = 1");
  again();
  await other.until(() => other.cursor === fixture.database.feed.cursor);
  const types = other.frames.slice(seen).map(({ type }) => type);
  expect(types.slice(-3)).toEqual(["error", "changes", "commit"]);
});

test("P8: of several lists the one is reset of which the most waits", async () => {
  const fixture = await startFixture({ limits: { waitingBytes: 5000 } });
  const { client, release } = await startHeld(fixture);
  const small = { ...list, query: { where: { done: true } } };
  release();
  await client.open("small", small);
  await client.until(() => client.rows("s").length === 2);
  const { pair, client: other } = await fixture.connectPair(1);
  await other.open("large", list);
  await other.open("small", small);
  const again = pair.hold("client");
  await fixture.run(`update tasks set text = '${long}!' where id = 0`);
  for (let i = 10; i < 60; i++) await fixture.run(`insert into tasks (id, ownerId) values (${i}, 1)`);
  await fixture.run("update tasks set done = 1 where id = 10");
  again();
  await other.until(() => other.rows("large").length === 52);
  expect(other.rows("small").map(({ id }) => id)).toEqual([10]);
  expect(other.frames.filter(({ type }) => type === "reset")).toHaveLength(1);
});

test("P8: beyond the hard bound the connection is closed with 4408", async () => {
  const fixture = await startFixture({ limits: { bufferedBytes: 200_000 } });
  const { client, release } = await startHeld(fixture);
  for (let i = 0; i < 3; i++)
    client.send({ type: "request", id: `r${i}`, resource: "tasks", action: "list" });
  await expect.poll(() => fixture.server.stats().connections).toBe(0);
  release();
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([4408]);
});

test("P5: what waits of a list is not sent after its principal has changed", async () => {
  const fixture = await startFixture();
  const { client, release } = await startHeld(fixture);
  await fixture.run("insert into tasks (id, text, ownerId) values (2, 'of one, late', 1)");
  client.send({ type: "auth", token: "2" });
  await expect.poll(() => fixture.server.stats().groups).toBe(1);
  await fixture.run("insert into tasks (id, text, ownerId) values (3, 'of two', 2)");
  const seen = client.frames.length;
  release();
  await client.until(() => client.rows("s").some(({ id }) => id === 3));
  expect(JSON.stringify(client.frames.slice(seen))).not.toContain("of one, late");
  expect(client.rows("s")).toHaveLength(1);
});

test("a socket that does not tell when it has drained is looked at from time to time", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'first', 1)");
  const { client, pair } = await fixture.connectPair(1);
  Object.defineProperty(pair.server, "drained", { value: undefined });
  await client.open("s", list);
  const release = pair.hold("client");
  await fixture.run(`update tasks set text = '${long}'`);
  await fixture.run("update tasks set text = 'after'");
  const pending = fixture.clock.pending;
  fixture.clock.advance(500);
  expect(fixture.clock.pending).toBe(pending);
  release();
  await client.until(() => client.rows("s")[0]?.text === long);
  fixture.clock.advance(50);
  await client.until(() => client.rows("s")[0]?.text === "after");
});

function statement(kind: number, id: number): string {
  if (kind === 0) return `delete from tasks where id = ${id}`;
  if (kind === 1) return `update tasks set done = not done, text = text || '.' where id = ${id}`;
  if (kind === 2) return `update tasks set ownerId = 3 - ownerId where id = ${id}`;
  return `insert or replace into tasks (id, text, ownerId) values (${id}, '${"z".repeat(200)}', 1)`;
}

test(
  "P1 P2 P3 P8: however its cable is held, a client ends with the scoped rows, and finds no fault on the way",
  async () => {
    const fixture = await startFixture({ limits: { waitingBytes: 400, burst: 1e9 } });
    const step = fc.oneof(
      { weight: 9, arbitrary: fc.record({ write: fc.nat(3), id: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.constantFrom({ hold: true }, { hold: true }, { hold: false }) },
      { weight: 1, arbitrary: fc.constantFrom({ filter: null }, { filter: true }, { filter: false }) },
      { weight: 1, arbitrary: fc.constant({ end: true }) },
    );
    let resets = 0;
    let last = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), async (steps) => {
        await fixture.run("delete from tasks");
        const { client, pair } = await fixture.connectPair(1);
        let release = (): void => {};
        let held = false;
        const filters = new Map<string, boolean | null>();
        for (const each of steps) {
          if ("write" in each) await fixture.run(statement(each.write, each.id));
          else if ("end" in each) {
            const [id] = filters.keys();
            if (id !== undefined && filters.delete(id)) client.unsubscribe(id);
          } else if ("hold" in each) {
            release();
            held = each.hold;
            release = held ? pair.hold("client") : () => {};
          } else {
            const id = `s${++last}`;
            filters.set(id, each.filter);
            client.subscribe(
              id,
              each.filter === null ? list : { ...list, query: { where: { done: each.filter } } },
            );
            if (!held) await client.until(() => client.lists.has(id));
          }
        }
        release();
        await client.ping();
        await client.until(() => [...filters.keys()].every((id) => client.lists.has(id)));
        await client.ping();
        const rows = await fixture.db.select().from(tasks).where(eq(tasks.ownerId, 1));
        for (const [id, filter] of filters) {
          const expected = rows.filter(({ done }) => filter === null || done === filter);
          const shown = expected.map(({ secret: _, ...row }) => row);
          expect(client.rows(id)).toHaveLength(shown.length);
          expect(client.rows(id)).toEqual(expect.arrayContaining(shown));
        }
        resets += client.frames.filter(({ type }) => type === "reset").length;
        expect(client.faults).toEqual([]);
        pair.cut();
      }),
      { numRuns: 200 * soak },
    );
    expect(resets).toBeGreaterThan(20 * soak);
  },
  30_000 * soak,
);
