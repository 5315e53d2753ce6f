import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { defineApi } from "../server/define-api.ts";
import { startFixture, tasks } from "../server/live/live.fixture.ts";
import { resource } from "../server/resource.ts";
import { connect } from "./connect.fixture.ts";

/* The client against the real server, in one process: SQLite in memory, a pair of sockets, nothing doubled. */

const idsOf = (rows: readonly object[]): unknown[] => rows.map((row) => (row as { id?: unknown }).id);
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2, timeout: 5_000 });

test("a list follows its query, whoever writes", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'b', 7), (2, 'a', 7), (3, 'other', 8)");
  const { client } = connect(fixture);
  const list = client.tasks.live({ where: { done: false }, orderBy: { text: "asc" } });
  const { data } = await list.whenReady();
  expect(data.map(({ text }) => text)).toEqual(["a", "b"]);
  await fixture.run("insert into tasks (id, text, ownerId) values (4, 'aa', 7), (5, 'ab', 8)");
  await soon(() => expect(list.getSnapshot().data.map(({ id }) => id)).toEqual([2, 4, 1]));
  await fixture.run("update tasks set done = 1 where id = 2");
  await fixture.run("update tasks set text = 'z' where id = 4");
  await soon(() => expect(list.getSnapshot().data.map(({ text }) => text)).toEqual(["b", "z"]));
  expect(list.getSnapshot().connection).toBe("live");
});

test("P1: a window follows the first rows while others write, and grows under their hands", async () => {
  const fixture = await startFixture();
  const rows = Array.from({ length: 60 }, (_, i) => `(${i + 1}, '${String(i % 7)}', ${i % 3 === 0 ? 8 : 7})`);
  await fixture.run(`insert into tasks (id, text, ownerId) values ${rows.join(", ")}`);
  const { client } = connect(fixture);
  const window = client.tasks.live({ orderBy: { text: "desc" }, limit: 4, total: true });
  const count = client.tasks.liveCount({ where: { done: false } });
  await window.whenReady();
  const doubles: unknown[] = [];
  window.subscribe(() => {
    const ids = window.getSnapshot().data.map(({ id }) => id);
    if (new Set(ids).size < ids.length) doubles.push(ids);
  });
  const writes = async (): Promise<void> => {
    for (let i = 0; i < 120; i++) {
      const id = ((i * 37) % 60) + 1;
      if (i % 4 === 0) await fixture.run(`delete from tasks where id = ${id}`);
      else if (i % 4 === 1) await fixture.run(`update tasks set text = '${i % 9}' where id = ${id}`);
      else if (i % 4 === 2) await fixture.run(`update tasks set done = 1 where id = ${id}`);
      else await fixture.run(`insert or replace into tasks (id, text, ownerId) values (${id}, '9', 7)`);
    }
  };
  const grows = async (): Promise<void> => {
    for (let size = 8; size <= 16; size += 4) {
      await window.loadMore();
      expect(window.getSnapshot().data).toHaveLength(size);
    }
  };
  await Promise.all([writes(), grows()]);
  await vi.waitFor(async () => {
    const page = await client.tasks.list({ orderBy: { text: "desc" }, limit: 16 });
    const { data, total, hasMore } = window.getSnapshot();
    expect([data, total, hasMore]).toEqual([page.results, page.count, page.count > 16]);
    const open = await client.tasks.list({ where: { done: false }, limit: 1 });
    expect(count.getSnapshot().data).toBe(open.count);
  });
  expect(doubles).toEqual([]);
});

test("P1: NULL stands where the order says, in lists, windows and pages, for all writers", async () => {
  const api = defineApi({
    tasks: resource(tasks, {
      orderBy: ["id", "ownerId"],
      defaultOrder: { ownerId: { direction: "desc", nulls: "first" } },
    }),
  });
  const fixture = await startFixture({ api });
  await fixture.run("insert into tasks (id, ownerId) values (1, 7), (2, null), (3, 8)");
  const { client, frames } = connect<typeof api>(fixture);
  const owned = client.tasks;
  const last = { orderBy: { ownerId: { direction: "asc", nulls: "last" } } } as const;
  const list = owned.live(last);
  const window = owned.live({ ...last, limit: 2 });
  const byDefault = owned.live();
  const shown = () => [list, window, byDefault].map((handle) => idsOf(handle.getSnapshot().data));
  await Promise.all([list.whenReady(), window.whenReady(), byDefault.whenReady()]);
  expect(shown()).toEqual([
    [1, 3, 2],
    [1, 3],
    [2, 3, 1],
  ]);
  expect(frames.flatMap((frame) => (frame.type === "subscribed" ? [frame.order] : []))).toContainEqual([
    { column: "ownerId", direction: "asc", nulls: "last", kind: "integer" },
    { column: "id", direction: "asc", kind: "integer" },
  ]);
  await fixture.transaction(
    "update tasks set ownerId = 9 where id = 2",
    "update tasks set ownerId = null where id = 1",
  );
  await soon(() =>
    expect(shown()).toEqual([
      [3, 2, 1],
      [3, 2],
      [1, 2, 3],
    ]),
  );
  expect(idsOf((await owned.list({ ...last, after: "" })).results)).toEqual([3, 2, 1]);
});

test("P6: what was written is in the list when the promise resolves", async () => {
  const fixture = await startFixture();
  const { client } = connect(fixture);
  const list = client.tasks.live();
  await list.whenReady();
  const untyped = client.tasks as unknown as { create(data: object): Promise<{ id: number }> };
  const row = await untyped.create({ id: 1, text: "mine", ownerId: 7 });
  expect(list.getSnapshot().data).toEqual([row]);
  await client.tasks.patch(1, { done: true });
  expect(list.getSnapshot().data[0]?.done).toBe(true);
  await client.tasks.delete(1);
  expect(list.getSnapshot().data).toEqual([]);
  await expect(client.tasks.retrieve(1)).rejects.toMatchObject({ code: "not_found" });
});

test("a page gives the next one over the socket", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 7), (2, 7), (3, 7)");
  const { client } = connect(fixture);
  const first = await client.tasks.list({ orderBy: { id: "asc" }, limit: 2 });
  expect([first.count, first.results.length, first.previous]).toEqual([3, 2, null]);
  const second = await client.tasks.list(first.next ?? {});
  expect(second.results.map(({ id }) => id)).toEqual([3]);
  expect(second.next).toBeNull();
});

test("a row goes and comes back", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'here', 7)");
  const { client } = connect(fixture);
  const one = client.tasks.liveOne(1);
  const { data } = await one.whenReady();
  expect(data?.text).toBe("here");
  await fixture.run("update tasks set ownerId = 8");
  await soon(() => expect(one.getSnapshot().data).toBeNull());
  await fixture.run("update tasks set ownerId = 7, text = 'back'");
  await soon(() => expect(one.getSnapshot().data?.text).toBe("back"));
});

test("a row that is absent at first is followed", async () => {
  const fixture = await startFixture();
  const { client } = connect(fixture);
  const one = client.tasks.liveOne(1);
  const { data } = await one.whenReady();
  expect(data).toBeNull();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'here', 7)");
  await soon(() => expect(one.getSnapshot().data?.text).toBe("here"));
});

test("P4: what happened while the connection was lost comes without a new snapshot", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'a', 7), (2, 'b', 7)");
  const line = connect(fixture);
  const list = line.client.tasks.live();
  await list.whenReady();
  const before = list.getSnapshot();
  line.cut();
  await soon(() => expect(list.getSnapshot().connection).toBe("offline"));
  await fixture.transaction(
    "delete from tasks where id = 1",
    "insert into tasks (id, text, ownerId) values (3, 'c', 7)",
  );
  line.frames.length = 0;
  line.clock.advance(250);
  await soon(() => expect(list.getSnapshot().connection).toBe("live"));
  expect(list.getSnapshot().data.map(({ id }) => id)).toEqual([2, 3]);
  expect(list.getSnapshot().data[0]).toBe(before.data[1]);
  expect(line.frames).toContainEqual(expect.objectContaining({ type: "subscribed", resumed: true }));
  expect(line.frames.some((frame) => frame.type === "subscribed" && frame.rows !== undefined)).toBe(false);
});

test("P6: a write whose answer is lost is sent again and applied once", async () => {
  const fixture = await startFixture();
  const line = connect(fixture);
  await line.client.tasks.live().whenReady();
  line.pairs.at(-1)?.hold("client");
  const untyped = line.client.tasks as unknown as { create(data: object): Promise<unknown> };
  const write = untyped.create({ id: 1, text: "once", ownerId: 7 });
  await soon(() => expect(line.pairs.at(-1)?.server.bufferedAmount).toBeGreaterThan(0));
  line.cut();
  await soon(() => expect(line.client.status.getSnapshot().connection).toBe("offline"));
  line.clock.advance(250);
  expect(await write).toMatchObject({ id: 1, text: "once" });
  expect(await fixture.db.all(sql`select id, text from tasks`)).toHaveLength(1);
});

test("another token brings the rows of another principal", async () => {
  const fixture = await startFixture();
  await fixture.run(
    "insert into tasks (id, text, ownerId) values (1, 'seven', 7), (2, 'eight', 8), (3, 'nobody', null)",
  );
  const { client } = connect(fixture, null, { token: "7" });
  const list = client.tasks.live();
  const seen: string[][] = [];
  list.subscribe(() => seen.push(list.getSnapshot().data.map(({ text }) => text)));
  await soon(() => expect(list.getSnapshot().data.map(({ text }) => text)).toEqual(["seven"]));
  client.auth("8");
  await soon(() => expect(list.getSnapshot().data.map(({ text }) => text)).toEqual(["eight"]));
  client.auth(null);
  await soon(() => expect(list.getSnapshot().data.map(({ text }) => text)).toEqual(["nobody"]));
  expect(seen.every((texts) => texts.length <= 1)).toBe(true);
});

test("P4, P9: changed rights change a list in place: rows that stay are the same objects, and the result says resumed", async () => {
  let most = 3;
  const fixture = await startFixture({
    api: defineApi({ tasks: resource(tasks, { scope: () => ({ id: { lte: most } }), filters: ["done"] }) }),
  });
  await fixture.run("insert into tasks (id, text) values (1, 'a'), (2, 'b'), (3, 'c')");
  const { client, frames } = connect(fixture);
  const list = client.tasks.live();
  const { data: before } = await list.whenReady();
  const shown: string[] = [];
  list.subscribe(() => shown.push(`${list.getSnapshot().connection} ${list.getSnapshot().data.length}`));
  most = 2;
  await fixture.server.refresh(7);
  await soon(() => expect(list.getSnapshot().recovery).toBe("resumed"));
  const { data, connection } = list.getSnapshot();
  expect([idsOf(data), connection, data[0] === before[0]]).toEqual([[1, 2], "live", true]);
  expect(shown).toEqual(["catching-up 3", "live 2"]);
  expect(frames.filter(({ type }) => type === "reset")).toEqual([]);
  most = 3;
  await fixture.server.refresh(7);
  await soon(() => expect(idsOf(list.getSnapshot().data)).toEqual([1, 2, 3]));
});

test("a filter that is not declared is refused with its name", async () => {
  const fixture = await startFixture();
  const { client } = connect(fixture);
  const untyped = client.tasks as unknown as { live(query: object): ReturnType<typeof client.tasks.live> };
  const list = untyped.live({ where: { secret: "x" } });
  await expect(list.whenReady()).rejects.toMatchObject({ code: "invalid" });
  expect(JSON.stringify(list.getSnapshot().error?.errors)).toContain("secret");
});

const statement = fc.oneof(
  fc.nat(9).map((id) => `insert or replace into tasks (id, text, ownerId) values (${id}, 't${id}', 7)`),
  fc
    .tuple(fc.nat(9), fc.integer({ min: 7, max: 8 }))
    .map(([id, owner]) => `update tasks set ownerId = ${owner} where id >= ${id}`),
  fc.tuple(fc.nat(9), fc.nat(1)).map(([id, done]) => `update tasks set done = ${done} where id <= ${id}`),
  fc
    .tuple(fc.nat(9), fc.constantFrom("a", "B", "é"))
    .map(([id, text]) => `update tasks set text = '${text}' where id = ${id}`),
  fc.nat(9).map((id) => `delete from tasks where id = ${id}`),
);
const act = fc.oneof(
  { weight: 5, arbitrary: fc.array(statement, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constantFrom("cut" as const, "wait" as const) },
);

test("P1 P2 P4: after random writes and cuts each list is the scoped SELECT", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (history) => {
      const fixture = await startFixture();
      const line = connect(fixture);
      const all = line.client.tasks.live({ orderBy: { text: "desc" } });
      const open = line.client.tasks.live({ where: { done: false } });
      for (const each of history) {
        if (each === "cut") line.cut();
        else if (each === "wait") await new Promise((resolve) => setImmediate(resolve));
        else await fixture.transaction(...each);
        line.clock.advance(200);
      }
      const due = (where: string, order: string): Promise<{ id: number }[]> =>
        fixture.db.all(sql.raw(`select id from tasks where ownerId = 7 and ${where} order by ${order}`));
      const expected = [await due("true", "text desc, id"), await due("done = 0", "id")];
      await soon(() => {
        if (line.client.status.getSnapshot().connection === "offline") line.clock.advance(30_000);
        const shown = [all, open].map((list) => list.getSnapshot());
        expect(shown.map(({ connection }) => connection)).toEqual(["live", "live"]);
        expect(shown.map(({ data }) => data.map(({ id }) => id))).toEqual(
          expected.map((rows) => rows.map(({ id }) => id)),
        );
      });
      line.client.close();
      await fixture.server.close();
    }),
    { numRuns: 40 * Number(process.env.LIVESET_SOAK ?? 1) },
  );
}, 60_000);
