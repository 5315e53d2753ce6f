import { describe, expect, test } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import type { Database } from "../database/database.ts";
import { type Fixture, gate, override, startFixture } from "./live.fixture.ts";
import { caughtUp } from "./related.fixture.ts";
import { byRank, createItems, itemsApi } from "./windows.fixture.ts";

/** So many rows of user 1, of rank 10, 20 and so on; as many of user 2 between them. */
function rows(count: number): string {
  return `insert into items (id, rank, name, ownerId)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    select i, i * 10, 'mine', 1 from n union all select 1000 + i, i * 10 - 5, 'other', 2 from n`;
}

interface Started {
  readonly fixture: Fixture;
  readonly client: ReferenceClient;
  /** How often the database was read. */
  readonly reads: { count: number; hold: Promise<void> };
  /** Runs SQL, and waits until the client has it. */
  run(...statements: string[]): Promise<void>;
  ids(id?: string): number[];
}

async function started(count = 30): Promise<Started> {
  const reads = { count: 0, hold: Promise.resolve() };
  const fixture = await startFixture({
    api: itemsApi,
    tables: [createItems, rows(count)],
    limits: { burst: 1e9 },
    wrap: (database) =>
      override<Database>(database, {
        read: async (work) => {
          reads.count++;
          await reads.hold;
          return database.read(work);
        },
      }),
  });
  const client = await fixture.connect(1);
  return {
    fixture,
    client,
    reads,
    run: async (...statements) => {
      await fixture.transaction(...statements);
      await caughtUp(fixture, client);
    },
    ids: (id = "w") =>
      client
        .rows(id)
        .toSorted((a, b) => Number(a.rank) - Number(b.rank) || Number(a.id) - Number(b.id))
        .map((row) => Number(row.id)),
  };
}

/** The frames about rows that came since. */
function changes(client: ReferenceClient, since: number): unknown[] {
  return client.frames
    .slice(since)
    .flatMap((frame) => (frame.type === "changes" ? [{ ...frame, cursor: "", group: 0 }] : []));
}

describe.each(["items", "judged"] as const)("a window on %s", (resource) => {
  test("P1: opens with its first rows and says whether there are more", async () => {
    const { client, ids } = await started();
    await client.open("w", byRank(resource, 3, { total: true }));
    await client.open("all", byRank(resource, 30));
    expect(ids()).toEqual([1, 2, 3]);
    expect(client.lists.get("w")?.facts).toEqual({ total: 30, hasMore: true });
    expect(client.lists.get("all")?.facts).toEqual({ hasMore: false });
  });

  test("P1, P5: a row that comes in pushes the last one out; behind it nothing is sent", async () => {
    const { client, run, ids } = await started();
    await client.open("w", byRank(resource, 3));
    const seen = client.frames.length;
    await run("insert into items values (50, 15, 'new', 1, '')");
    expect(ids()).toEqual([1, 50, 2]);
    await run(
      "insert into items values (51, 35, 'behind', 1, '')",
      "update items set rank = 900 where id = 9",
    );
    await run("update items set name = 'behind' where id = 20", "delete from items where id = 25");
    await run("insert into items values (52, 1, 'of another', 2, '')");
    expect(changes(client, seen)).toEqual([
      {
        type: "changes",
        group: 0,
        cursor: "",
        enter: [{ id: 50, rank: 15, name: "new" }],
        leave: ["3"],
      },
    ]);
    expect(JSON.stringify(client.frames)).not.toContain("other");
    expect(JSON.stringify(client.frames)).not.toContain("behind");
  });

  test("P1: rows slide in for those that are deleted, go out or change hands", async () => {
    const { run, ids, client } = await started();
    await client.open("w", byRank(resource, 3));
    await run("delete from items where id = 1");
    expect(ids()).toEqual([2, 3, 4]);
    await run("update items set rank = 45 where id = 2");
    expect(ids()).toEqual([3, 4, 2]);
    await run("update items set rank = 95 where id = 2", "update items set ownerId = 2 where id = 3");
    expect(ids()).toEqual([4, 5, 6]);
    await run("update items set rank = 1 where id = 30", "update items set ownerId = 1 where id = 1001");
    expect(ids()).toEqual([30, 1001, 4]);
    await run("update items set id = 99 where id = 30");
    expect(ids()).toEqual([99, 1001, 4]);
  });

  test("P1: what is deleted far beyond the look-ahead is made up for", async () => {
    const { run, ids, client } = await started();
    await client.open("w", byRank(resource, 3, { total: true }));
    for (let id = 1; id <= 28; id++) {
      await run(`delete from items where id = ${id}`);
      expect(ids()).toEqual([id + 1, id + 2, id + 3].filter((each) => each <= 30));
      expect(client.lists.get("w")?.facts).toEqual({ total: 30 - id, hasMore: id < 27 });
    }
    await run("delete from items");
    expect(ids()).toEqual([]);
    await run(rows(4));
    expect(ids()).toEqual([1, 2, 3]);
    expect(client.lists.get("w")?.facts).toEqual({ total: 4, hasMore: true });
  });

  test("P3: transactions that follow each other closely, some of which need the database, come in order", async () => {
    const { fixture, ids, client } = await started();
    await client.open("w", byRank(resource, 3));
    await Promise.all([
      fixture.run("delete from items where rank <= 150 and ownerId = 1"),
      fixture.run("insert into items values (70, 1, 'first', 1, '')"),
      fixture.run("delete from items where rank <= 250 and ownerId = 1"),
      fixture.run("insert into items values (71, 2, 'second', 1, '')"),
    ]);
    await caughtUp(fixture, client);
    expect(ids()).toEqual([71, 26, 27]);
  });

  test("P1: begins behind a position, where ranks before it mean nothing", async () => {
    const { fixture, client, run, ids } = await started();
    const page = (await client.request("r", byRank(resource, 2))).data as { next: { after?: string } };
    const { encodeAfter } = await import("../../core/query/seek.ts");
    const after = page.next?.after ?? encodeAfter([20, 2]);
    await client.open("w", byRank(resource, 2, { after, total: true }));
    expect(ids()).toEqual([3, 4]);
    await run(
      "insert into items values (60, 5, 'before', 1, '')",
      "insert into items values (61, 25, null, 1, '')",
    );
    expect(ids()).toEqual([61, 3]);
    expect(client.lists.get("w")?.facts).toEqual({ total: 32, hasMore: true });
    await run("update items set rank = 3 where id = 61", "update items set rank = 26 where id = 1");
    expect(ids()).toEqual([1, 3]);
    expect(fixture.logged).toEqual([]);
  });

  test("P2: one that opens while others write has every row once", async () => {
    const { fixture, client, ids } = await started();
    await client.open("w", byRank(resource, 3));
    const second = await fixture.connect(2);
    client.subscribe("late", byRank(resource, 4));
    second.subscribe("w", byRank(resource, 3));
    await fixture.run("delete from items where rank <= 200");
    client.subscribe("later", byRank(resource, 3));
    await fixture.run("insert into items values (80, 0, 'x', 1, '')");
    await client.until(() => client.lists.has("late") && client.lists.has("later"));
    await second.until(() => second.lists.has("w"));
    await caughtUp(fixture, client);
    await caughtUp(fixture, second);
    expect(ids("w")).toEqual([80, 21, 22]);
    expect(ids("late")).toEqual([80, 21, 22, 23]);
    expect(ids("later")).toEqual(ids("w"));
    expect(second.rows("w").map(({ rank }) => rank)).toEqual([205, 215, 225]);
  });

  test("P4: after a reconnect it is resumed where nothing happened, and else sent anew", async () => {
    const { fixture, client, run } = await started();
    await client.open("w", byRank(resource, 3, { total: true }));
    await run("delete from items where id = 1");
    const left = client.leaveBehind();
    const again = await fixture.connect(1, left);
    await again.open("w", byRank(resource, 3, { total: true }));
    await caughtUp(fixture, again);
    expect(again.frames.find(({ type }) => type === "subscribed")).toMatchObject({
      resumed: true,
      total: 29,
    });
    expect(again.rows("w")).toEqual(client.rows("w"));
    await run("delete from items where id = 2");
    const third = await fixture.connect(1, left);
    await third.open("w", byRank(resource, 3, { total: true }));
    expect(third.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: false });
    expect(third.rows("w").map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  test("a count follows its list without its rows", async () => {
    const { client, run, fixture } = await started();
    await client.open("c", { resource, action: "count", query: { where: { name: "mine" } } });
    expect([client.rows("c"), client.lists.get("c")?.facts]).toEqual([[], { total: 30 }]);
    const seen = client.frames.length;
    await run("update items set name = 'x' where id <= 2", "delete from items where id = 3");
    expect(client.lists.get("c")?.facts).toEqual({ total: 27 });
    await run("update items set rank = 0", "insert into items values (60, 5, 'not mine', 1, '')");
    await run("insert into items values (61, 5, 'mine', 2, '')");
    expect(changes(client, seen)).toEqual([{ type: "changes", group: 0, cursor: "", total: 27 }]);
    expect(fixture.server.stats()).toMatchObject({ groups: 1 });
  });
});

test("P3: a look-ahead that several transactions use up together, while they wait for another group, is made up for", async () => {
  const { client, fixture, ids, reads } = await started();
  await client.open("w", byRank("items", 3, { total: true }));
  await client.open("j", byRank("judged", 3));
  const before = reads.count;
  const { opened, open } = gate();
  reads.hold = opened;
  for (const rank of [60, 120, 180]) await fixture.run(`delete from items where rank <= ${rank}`);
  open();
  await caughtUp(fixture, client);
  expect(ids("w")).toEqual([19, 20, 21]);
  expect(ids("j")).toEqual([19, 20, 21]);
  expect(client.lists.get("w")?.facts).toEqual({ total: 12, hasMore: true });
  expect(reads.count - before).toBe(1);
});

test("P3: a window follows what came before the transaction for which it is read anew", async () => {
  const { client, fixture, ids, reads } = await started();
  await client.open("w", byRank("items", 3, { total: true }));
  await client.open("j", byRank("judged", 3));
  const { opened, open } = gate();
  reads.hold = opened;
  const seen = client.frames.length;
  await fixture.run("insert into items values (70, 1, 'first', 1, '')");
  await fixture.run("delete from items where rank between 2 and 250");
  await fixture.run("insert into items values (71, 2, 'second', 1, '')");
  open();
  await caughtUp(fixture, client);
  expect(ids("w")).toEqual([70, 71, 26]);
  expect(client.lists.get("w")?.facts).toEqual({ total: 7, hasMore: true });
  const { group } = client.lists.get("w") ?? {};
  const told = client.frames.slice(seen).filter((frame) => frame.type === "changes" && frame.group === group);
  expect(told).toMatchObject([
    { enter: [{ id: 70 }], leave: ["3"], total: 31 },
    { enter: [{ id: 71 }, { id: 26 }], leave: ["1", "2"], total: 7 },
  ]);
});

test("P8: what waits for a slow reader of a window is one change, with what is true in the end", async () => {
  const { client, fixture, run, ids } = await started();
  const { client: slow, pair } = await fixture.connectPair(1);
  await slow.open("w", byRank("items", 3, { total: true }));
  await client.open("w", byRank("items", 3, { total: true }));
  const release = pair.hold("client");
  await run(`insert into items values (0, 0, '${"x".repeat(70_000)}', 1, '')`);
  for (let id = 1; id <= 27; id++) await run(`delete from items where id = ${id}`);
  await run("delete from items where id = 0");
  const seen = slow.frames.length;
  release();
  await caughtUp(fixture, slow);
  expect(changes(slow, seen).length).toBeLessThanOrEqual(2);
  expect(slow.rows("w")).toEqual(client.rows("w"));
  expect([ids(), slow.lists.get("w")?.facts]).toEqual([[28, 29, 30], { total: 3, hasMore: false }]);
});

test("explain knows that a row is behind the window, and how changes find it", async () => {
  const { client, fixture } = await started(5);
  await client.open("w", byRank("items", 3));
  await client.open("j", byRank("judged", 3));
  const [welcome] = client.frames;
  const session = welcome?.type === "welcome" ? welcome.session : "";
  const explanation = await fixture.server.explain(session, "w");
  expect(explanation?.found).toMatchObject({ by: "index" });
  expect((await fixture.server.explain(session, "j"))?.found).toEqual({ by: "database" });
  expect(await explanation?.row(3)).toMatchObject({ included: true });
  expect(await explanation?.row(4)).toMatchObject({
    included: false,
    reasons: [{ holds: true }, { condition: '["first",3]', holds: false }],
  });
});

test("the database is asked again only when the look-ahead is used up", async () => {
  const { client, run, reads } = await started();
  await client.open("w", byRank("items", 3, { total: true }));
  await client.open("c", { resource: "items", action: "count" });
  const before = reads.count;
  for (let id = 1; id <= 9; id++) await run(`delete from items where id = ${id}`);
  for (let id = 40; id < 50; id++) await run(`insert into items values (${id}, 1, '', 1, '')`);
  expect(reads.count - before).toBe(0);
  await run("delete from items where id < 25 or id >= 40");
  expect(reads.count - before).toBe(1);
});

test("windows that differ in order, size, position or total are not one, those that do not are", async () => {
  const { client, fixture } = await started();
  for (const [id, ask] of [
    ["a", byRank("items", 3)],
    ["b", byRank("items", 3)],
    ["c", byRank("items", 4)],
    ["d", byRank("items", 3, { orderBy: { rank: "desc" } })],
    ["e", byRank("items", 3, { total: true })],
    ["f", { resource: "items", action: "list" }],
    ["g", { resource: "items", action: "count" }],
  ] as const) {
    await client.open(id, ask);
  }
  expect(fixture.server.stats().groups).toBe(6);
});

test.each([
  [byRank("items", 101), "limit_exceeded", undefined],
  [byRank("items", 0), "invalid", ["limit"]],
  [byRank("items", 1.5), "invalid", ["limit"]],
  [byRank("items", 5, { offset: 5 }), "invalid", ["offset"]],
  [byRank("items", 5, { after: "?" }), "invalid", ["after"]],
  [{ resource: "items", action: "list", query: { total: true } }, "invalid", ["total"]],
  [{ resource: "items", action: "list", query: { after: "x" } }, "invalid", ["after"]],
  [{ resource: "items", action: "count", query: { limit: 1 } }, "invalid", ["limit"]],
  [{ resource: "items", action: "count", query: { orderBy: { id: "asc" } } }, "invalid", ["orderBy"]],
  [{ resource: "items", action: "count", key: 1 }, "invalid", ["key"]],
] as const)("what is no window is refused by name: %j", async (ask, code, path) => {
  const { client, fixture } = await started(1);
  await expect(client.open("s", ask)).rejects.toMatchObject({ code });
  expect(client.errors.get("s")?.errors?.[0]?.path).toEqual(path);
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 0, groups: 0 });
});
