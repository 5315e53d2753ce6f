import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import type { Changes } from "../../core/protocol/changes.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { tasks as relatedTasks, schema } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import { type Fixture, type FixtureOptions, startFixture } from "./live.fixture.ts";
import { relatedTables } from "./related.fixture.ts";

const notes = sqliteTable("notes", {
  id: integer().primaryKey(),
  text: text().notNull(),
  readers: text().notNull().default(""),
});
const createNotes =
  "create table notes (id integer primary key, text text not null, readers text not null default '')";
const list = { resource: "notes", action: "list" } as const;
const count = { resource: "notes", action: "count" } as const;

type Retrieve = (
  user: string,
  row: { readonly id: number; readonly text: string; readonly readers: string },
) => unknown;

/** Notes that those see whose ids stand in `readers`, or whom another permission lets see them. */
async function startNotes(
  rows: string,
  retrieve: Retrieve = (user, { readers }) => readers.includes(user),
  options: FixtureOptions = {},
): Promise<Fixture> {
  const api = defineApi({
    notes: resource(notes, {
      fields: ["id", "text"],
      filters: ["text"],
      orderBy: ["id", "text"],
      permissions: { retrieve: ({ user }, row) => retrieve(String(user?.id), row) as boolean },
    }),
  });
  const fixture = await startFixture({ api, tables: [createNotes], ...options });
  if (rows !== "") await fixture.run(`insert into notes values ${rows}`);
  return fixture;
}

const ids = (client: ReferenceClient, id = "s") =>
  client
    .rows(id)
    .map((row) => row.id)
    .sort();
const changes = (client: ReferenceClient) =>
  client.frames.flatMap((frame): Pick<Changes, "enter" | "update" | "leave">[] => {
    if (frame.type !== "changes") return [];
    const { enter = [], update = [], leave = [] } = frame;
    return [{ enter, update, leave }];
  });

/** Resolves when clients have been told of everything that was written before. */
async function settled(fixture: Fixture, ...clients: ReferenceClient[]): Promise<void> {
  const { cursor } = await fixture.database.read(async () => null);
  for (const client of clients) {
    while (client.cursor !== cursor) await client.ping();
  }
}

test("P5: one transaction means to each subscriber what the permission tells of him, and a leave is told only to him who saw the row", async () => {
  const fixture = await startNotes("(1, 'a', '1,2'), (2, 'b', '2'), (3, 'c', '')");
  const [one, two] = [await fixture.connect(1), await fixture.connect(2)];
  await Promise.all([one.open("s", list), two.open("s", list)]);
  expect([ids(one), ids(two)]).toEqual([[1], [1, 2]]);
  await fixture.transaction(
    "update notes set readers = '2', text = 'lost to one' where id = 1",
    "update notes set readers = '1', text = 'won by one' where id = 2",
    "update notes set text = 'of nobody' where id = 3",
    "insert into notes values (4, 'of two', '2')",
  );
  await settled(fixture, one, two);
  expect(changes(one)).toEqual([{ enter: [{ id: 2, text: "won by one" }], update: [], leave: ["1"] }]);
  expect(changes(two)).toEqual([
    { enter: [{ id: 4, text: "of two" }], update: [{ id: 1, text: "lost to one" }], leave: ["2"] },
  ]);
  await fixture.run("delete from notes where id in (1, 3)");
  await settled(fixture, one, two);
  expect(changes(one)).toHaveLength(1);
  expect(changes(two).at(-1)).toEqual({ enter: [], update: [], leave: ["1"] });
  expect(JSON.stringify(one.frames)).not.toMatch(/lost to one|of nobody|of two/);
});

test("P5: windows, their totals and counts know of permitted rows only", async () => {
  const rows = Array.from({ length: 400 }, (_, i) => `(${i + 1}, 'n', '${i % 40 === 39 ? 1 : 2}')`);
  const fixture = await startNotes(rows.join(", "));
  const client = await fixture.connect(1);
  const query = { orderBy: { id: "asc" }, limit: 3, total: true };
  await client.open("window", { ...list, query });
  await client.open("bare", { ...list, query: { orderBy: { id: "desc" }, limit: 20 } });
  await client.open("count", count);
  const facts = () => ["window", "bare", "count"].map((id) => client.lists.get(id)?.facts);
  expect(ids(client, "window")).toEqual([120, 40, 80]);
  expect(ids(client, "bare")).toHaveLength(10);
  expect(facts()).toEqual([{ total: 10, hasMore: true }, { hasMore: false }, { total: 10 }]);
  await fixture.run("update notes set readers = '1' where id = 7");
  await settled(fixture, client);
  expect(ids(client, "window")).toEqual([40, 7, 80]);
  expect(facts()).toEqual([{ total: 11, hasMore: true }, { hasMore: false }, { total: 11 }]);
  await fixture.run("update notes set readers = '2' where id > 100");
  await settled(fixture, client);
  expect(ids(client, "window")).toEqual([40, 7, 80]);
  expect(facts()).toEqual([{ total: 3, hasMore: false }, { hasMore: false }, { total: 3 }]);
  expect(ids(client, "bare")).toEqual([40, 7, 80]);
});

test("P5: a window behind a position is full of permitted rows, and its total is that of the whole list", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `(${i + 1}, 'n', '${(i % 3) + 1}')`);
  const fixture = await startNotes(rows.join(", "));
  const client = await fixture.connect(1);
  const first = await client.request("page", {
    ...list,
    query: { orderBy: { id: "desc" }, limit: 4, after: "" },
  });
  const { next } = first.data as unknown as { next: { after: string } };
  const query = { orderBy: { id: "desc" }, limit: 4, total: true, after: next.after };
  await client.open("s", { ...list, query });
  expect(ids(client)).toEqual([10, 13, 16, 7]);
  expect(client.lists.get("s")?.facts).toEqual({ total: 10, hasMore: true });
});

test("P5: a list over HTTP has permitted rows only: its count, its pages by number and its pages by position", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `(${i + 1}, 'n', '${(i % 3) + 1}')`);
  const asked: unknown[] = [];
  // Over HTTP it may take its time.
  const fixture = await startNotes(rows.join(", "), async (user, { id, readers }) => {
    await Promise.resolve();
    asked.push(id);
    return readers === user;
  });
  const walk = async (url: string | null): Promise<unknown[]> => {
    if (url === null) return [];
    const headers = { authorization: "Bearer 2" };
    const response = await fixture.server.fetch(new Request(url, { headers }));
    const page = (await response.json()) as { count: number; results: { id: number }[]; next: string | null };
    expect(page.count).toBe(10);
    return [...page.results.map(({ id }) => id), ...(await walk(page.next))];
  };
  const permitted = [2, 5, 8, 11, 14, 17, 20, 23, 26, 29];
  expect(await walk("http://test/api/notes/?limit=3")).toEqual(permitted);
  expect(await walk("http://test/api/notes/?limit=3&after=")).toEqual(permitted);
  expect(await walk("http://test/api/notes/?limit=10&ordering=-id")).toEqual([...permitted].reverse());
  expect(asked.length).toBe(9 * 30);
});

test("P5: pitfall 7: only true shows a row of a list", async () => {
  const answers: Readonly<Record<number, unknown>> = {
    1: true,
    2: false,
    3: "yes",
    4: 1,
    5: {},
    6: undefined,
  };
  const fixture = await startNotes(
    "(1, 'n', ''), (2, 'n', ''), (3, 'n', ''), (4, 'n', ''), (5, 'n', ''), (6, 'n', '')",
    (_, { id }) => answers[id],
  );
  const client = await fixture.connect(1);
  await client.open("s", list);
  await client.open("count", count);
  expect(ids(client)).toEqual([1]);
  expect(client.lists.get("count")?.facts).toEqual({ total: 1 });
  expect((await client.request("r", list)).data).toMatchObject({ count: 1, results: [{ id: 1 }] });
});

test("P7: a permission that fails, or that cannot answer at once, is an error of its subscriber alone", async () => {
  const fixture = await startNotes("(1, 'a', '1,2')", (user, { text }) => {
    if (user === "1" && text === "bad") throw new Error("the permission is broken");
    return user === "3" ? Promise.reject(new Error("late")) : true;
  });
  const [one, two, three] = [await fixture.connect(1), await fixture.connect(2), await fixture.connect(3)];
  for (const ask of [list, { ...list, query: { limit: 5 } }, count])
    await expect(three.open("s", ask)).rejects.toMatchObject({ code: "internal" });
  expect(fixture.logged).toHaveLength(3);
  for (const client of [one, two]) {
    await client.open("list", list);
    await client.open("window", { ...list, query: { limit: 5 } });
    await client.open("count", count);
  }
  await fixture.transaction("update notes set text = 'bad'", "insert into notes values (2, 'good', '')");
  await settled(fixture, two);
  await one.until(() => one.errors.size === 3);
  expect([...one.errors].map(([id, { code }]) => [id, code]).sort()).toEqual([
    ["count", "internal"],
    ["list", "internal"],
    ["window", "internal"],
  ]);
  expect(two.errors.size).toBe(0);
  expect([ids(two, "list"), ids(two, "window")]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(two.lists.get("count")?.facts).toEqual({ total: 2 });
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 3, groups: 3 });
});

test("P5: the permission is asked again when a row changes, and for all rows on refresh", async () => {
  const granted = new Set(["1"]);
  const fixture = await startNotes("(1, 'a', ''), (2, 'b', '')", (user) => granted.has(user));
  const client = await fixture.connect(1);
  await client.open("s", list);
  granted.clear();
  await fixture.run("update notes set readers = 'nobody' where id = 1");
  await settled(fixture, client);
  expect(changes(client)).toEqual([{ enter: [], update: [], leave: ["1"] }]);
  expect(ids(client)).toEqual([2]);
  await fixture.server.refresh("1");
  await client.until(() => client.lists.get("s")?.rows.size === 0);
  granted.add("1");
  await fixture.server.refresh("1");
  await client.until(() => client.lists.get("s")?.rows.size === 2);
});

test("P5: a list with a permission follows a scope across relations as well", async () => {
  const api = defineApi({
    tasks: resource(relatedTasks, {
      schema,
      fields: ["text"],
      scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id) } } } }),
      permissions: { retrieve: ({ user }, row) => row.text.includes(String(user?.id)) },
    }),
  });
  const fixture = await startFixture({ api, tables: relatedTables });
  await fixture.transaction(
    "insert into lists values (1, 'mine', 1), (2, 'other', 2)",
    "insert into members values (1, 1, 'reader', null), (1, 2, 'reader', null), (2, 2, 'reader', null)",
    "insert into tasks (id, text, list_id) values (1, 'for 1', 1), (2, 'for 2', 1), (3, 'for 1 2', 2)",
  );
  const [one, two] = [await fixture.connect(1), await fixture.connect(2)];
  const all = { resource: "tasks", action: "list" } as const;
  for (const client of [one, two]) {
    await client.open("s", all);
    await client.open("window", { ...all, query: { limit: 1, total: true } });
  }
  expect([ids(one), ids(two)]).toEqual([[1], [2, 3]]);
  await fixture.run("insert into members values (2, 1, 'reader', null)");
  await fixture.run("update tasks set text = 'for 2 now' where id = 1");
  await settled(fixture, one, two);
  expect([ids(one), ids(two)]).toEqual([[3], [1, 2, 3]]);
  expect([one, two].map((client) => client.lists.get("window")?.facts)).toEqual([
    { total: 1, hasMore: false },
    { total: 3, hasMore: true },
  ]);
  const before = changes(one).length;
  await fixture.run("delete from members where list_id = 1");
  await settled(fixture, one, two);
  expect(changes(one)).toHaveLength(before);
  expect([ids(one), ids(two)]).toEqual([[3], [3]]);
  await fixture.run("delete from members where user_id = 1");
  await settled(fixture, one, two);
  expect(changes(one).at(-1)).toEqual({ enter: [], update: [], leave: ["3"] });
  expect(ids(two)).toEqual([3]);
  expect(JSON.stringify(one.frames)).not.toContain("for 2");
});

test("P4: a list with a permission is sent anew after a lost connection, and after a resumption on the same one", async () => {
  let isOpen = true;
  const fixture = await startNotes("(1, 'a', '')", () => isOpen);
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  const { cursor } = client;
  const plan = client.lists.get("s")?.plan ?? "";
  isOpen = false;
  client.unsubscribe("s");
  await client.open("t", { ...list, since: { cursor, plan } });
  expect(client.frames.at(-1)).toMatchObject({ type: "subscribed", resumed: false, rows: [] });
  isOpen = true;
  client.unsubscribe("t");
  await client.open("s", list);
  const left = client.leaveBehind();
  pair.cut();
  isOpen = false;
  const again = await fixture.connect(1, left);
  await again.open("s", list);
  expect(again.frames.at(-1)).toMatchObject({ type: "subscribed", resumed: false, rows: [] });
});

test("P5: who writes a row that he may not see is not shown it", async () => {
  const fixture = await startNotes("(1, 'a', '2')");
  const client = await fixture.connect(1);
  const create = (id: string, text: string) =>
    client.request(id, { resource: "notes", action: "create", data: { id: Number(id), text } });
  await expect(create("2", "unseen")).resolves.toMatchObject({ status: 201, data: null });
  const patch = { resource: "notes", action: "patch", key: 1, data: { text: "unseen too" } };
  expect(await client.request("r", patch)).toMatchObject({ status: 200, data: null });
  expect(JSON.stringify(client.frames)).not.toContain("unseen");
});

test("P5: the lists of two connections are not shared, those of one are", async () => {
  const fixture = await startNotes("(1, 'a', '1')");
  const [one, other] = [await fixture.connect(1), await fixture.connect(1)];
  await one.open("s", list);
  await one.open("t", list);
  await other.open("s", list);
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 3, groups: 2 });
});

test("rows are read on until there are enough, up to the limit of a live list, withheld ones counted", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `(${i + 1}, 'n', '${i < 5 ? 1 : 2}')`);
  const fixture = await startNotes(rows.join(", "), undefined, { limits: { liveRows: 250 } });
  const client = await fixture.connect(1);
  const asc = { orderBy: { id: "asc" }, limit: 4 };
  await client.open("near", { ...list, query: asc });
  expect(client.lists.get("near")?.facts).toEqual({ hasMore: true });
  for (const ask of [
    { ...list, query: { ...asc, limit: 5 } },
    { ...list, query: { ...asc, total: true } },
    list,
    count,
  ])
    await expect(client.open("far", ask)).rejects.toMatchObject({ code: "too_many_rows" });
  await expect(client.request("r", list)).rejects.toMatchObject({ code: "too_many_rows" });
  await fixture.run("delete from notes where id > 250");
  for (const [id, ask] of Object.entries({ a: { ...list, query: { ...asc, limit: 5 } }, b: list, c: count }))
    await client.open(id, ask);
  expect((await client.request("q", list)).data).toMatchObject({ count: 5 });
});

test("explain names the permission where it withholds a row", async () => {
  const fixture = await startNotes("(1, 'a', '1'), (2, 'b', '2')");
  const client = await fixture.connect(1);
  await client.open("s", { ...list, query: { where: { text: { in: ["a", "b"] } } } });
  await client.open("window", { ...list, query: { limit: 1 } });
  const [welcome] = client.frames;
  const session = welcome?.type === "welcome" ? welcome.session : "";
  const explain = async (id: string, key: number) => (await fixture.server.explain(session, id))?.row(key);
  const text = '["text","in",["a","b"]]';
  const permission = '"permissions.retrieve"';
  expect(await explain("s", 1)).toEqual({
    exists: true,
    included: true,
    reasons: [
      { condition: text, holds: true },
      { condition: permission, holds: true },
    ],
  });
  expect(await explain("s", 2)).toEqual({
    exists: true,
    included: false,
    reasons: [
      { condition: text, holds: true },
      { condition: permission, holds: false },
    ],
  });
  expect(await explain("window", 1)).toMatchObject({ included: true });
  expect((await explain("window", 2))?.reasons).toContainEqual({ condition: permission, holds: false });
  expect((await fixture.server.explain(session, "s"))?.found).toEqual({ by: "database" });
});
