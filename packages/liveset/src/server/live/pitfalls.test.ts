import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Query } from "../../core/protocol/query.ts";
import { action } from "../action.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { startFixture, tasks } from "./live.fixture.ts";

// What other realtime servers got wrong, by number. Those that are not here are named in the titles of tests elsewhere.

const list = { resource: "tasks", action: "list" } as const;

test("each of the 18 pitfalls is named by the title of a test", () => {
  const source = new URL("../..", import.meta.url);
  const tests = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".test.ts"),
  );
  const texts = tests.map((name) => readFileSync(new URL(name, source), "utf8")).join("\n");
  const named = new Set([...texts.matchAll(/\bpitfall (\d+)\b/g)].map(([, number]) => Number(number)));
  expect([...named].sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
});

test.each([
  ["a promise of false", async () => false],
  ["nothing", () => undefined],
  ["an object", () => ({ allowed: true })],
  ["a text", () => "yes"],
  ["a number", () => 1],
])("P5: pitfall 7: a permission that gives %s permits nothing, on any way in", async (_, permission) => {
  const may = permission as never;
  const api = defineApi({
    tasks: resource(tasks, {
      permissions: { list: may, retrieve: may, create: may, update: may, delete: may },
      actions: { touch: action(tasks, { detail: false, permission: may, run: () => 1 }) },
    }),
  });
  const fixture = await startFixture({ api });
  await fixture.run("insert into tasks (id, text) values (1, 'unseen')");
  const client = await fixture.connect(1);
  const wish = { resource: "tasks", key: 1, data: {} };
  await expect(client.open("list", list)).rejects.toMatchObject({ status: 403 });
  await expect(client.open("row", { ...list, action: "retrieve", key: 1 })).rejects.toBeDefined();
  for (const name of ["retrieve", "update", "delete"])
    await expect(client.request(name, { ...wish, action: name })).rejects.toMatchObject({ status: 403 });
  for (const name of ["create", "touch"]) {
    const request = client.request(name, { resource: "tasks", action: name, data: {} });
    await expect(request).rejects.toMatchObject({ status: 403 });
  }
  expect(JSON.stringify(client.frames)).not.toContain("unseen");
});

test.each<[string, Query]>([
  ["filter", { where: { secret: "hush" } }],
  ["filter below OR", { where: { OR: [{ id: 1 }, { secret: { startswith: "h" } }] } }],
  ["filter below NOT", { where: { NOT: { AND: [{ secret: { gt: "a" } }] } } }],
  ["filter by an OR that is not a list", { where: { OR: { 0: { secret: "hush" }, length: 1 } } }],
  ["filter by a column that is shown but not declared", { where: { ownerId: 2 } }],
  ["order", { orderBy: { secret: "asc" } }],
])("P5: pitfall 8: what is hidden or undeclared cannot be asked about: %s", async (_, query) => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId, secret) values (1, 1, 'hush')");
  const client = await fixture.connect(1);
  await expect(client.open("s", { ...list, query })).rejects.toMatchObject({ code: "invalid" });
  await expect(client.request("r", { ...list, query })).rejects.toMatchObject({ code: "invalid" });
});

test("P5: pitfall 8: searching looks at declared columns only, and a change of a hidden one is not told", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId, secret) values (1, 1, 'hush')");
  const client = await fixture.connect(1);
  await client.open("found", { ...list, query: { search: "hush" } });
  expect(client.rows("found")).toEqual([]);
  await client.open("s", list);
  const seen = client.frames.length;
  await fixture.run("update tasks set secret = 'hush hush'");
  await client.ping();
  expect(client.frames.slice(seen).map(({ type }) => type)).toEqual(["pong"]);
});

test("pitfall 9: what one subscriber's code does to a row reaches no other subscriber", async () => {
  const seen: object[] = [];
  const api = defineApi({
    tasks: resource(tasks, {
      fields: ["id", "text"],
      computed: {
        vandal: (row) => {
          seen.push(row);
          (row as { text: string }).text = "spoilt";
          return true;
        },
      },
    }),
    others: resource(tasks, { fields: ["id", "text"] }),
  });
  const fixture = await startFixture({ api });
  const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
  await client.open("s", list);
  await other.open("s", { resource: "others", action: "list" });
  await fixture.run("insert into tasks (id, text) values (1, 'whole')");
  await fixture.run("update tasks set text = 'still whole'");
  await Promise.all([client.ping(), other.ping()]);
  expect(seen.length).toBeGreaterThan(0);
  expect(other.rows("s")).toEqual([{ id: 1, text: "still whole" }]);
});

test.each(["regex", "iregex", "matches", "like"])("pitfall 10: there is no lookup %s", async (lookup) => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  const query = { where: { text: { [lookup]: "(a+)+$" } } };
  await expect(client.open("s", { ...list, query })).rejects.toMatchObject({ code: "invalid" });
});

test("pitfall 10: patterns of LIKE and of regular expressions are plain text, in the snapshot and after it", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'abc', 1), (2, '100%', 1)");
  const client = await fixture.connect(1);
  const patterns = ["%", "_", "a.c", "(a+)+$", "[", "\\"];
  for (const [i, contains] of patterns.entries())
    await client.open(`s${i}`, { ...list, query: { where: { text: { contains } } } });
  await fixture.run(
    `insert into tasks (id, text, ownerId) values (3, '${"a".repeat(20_000)}!', 1), (4, '_[\\', 1)`,
  );
  await client.ping();
  const ids = patterns.map((_, i) => client.rows(`s${i}`).map(({ id }) => id));
  expect(ids).toEqual([[2], [4], [], [], [4], [4]]);
});

test.each<[string, object]>([
  ["of many conditions", { OR: Array.from({ length: 65 }, (_, id) => ({ id })) }],
  ["that is deep", Array.from({ length: 30 }).reduce<object>((of) => ({ NOT: of }), { id: 1 })],
  ["with a long in", { id: { in: Array.from({ length: 257 }, (_, id) => id) } }],
])("pitfall 12: a filter %s is limit_exceeded by default", async (_, where) => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  const query = { where } as Query;
  await expect(client.open("s", { ...list, query })).rejects.toMatchObject({ code: "limit_exceeded" });
  await expect(client.request("r", { ...list, query })).rejects.toMatchObject({ code: "limit_exceeded" });
});

test("pitfall 12: by default a frame has 64 KiB at most, and a connection 128 subscriptions", async () => {
  const fixture = await startFixture();
  expect(fixture.server.limits).toMatchObject({ frameBytes: 65_536, subscriptions: 128 });
  const client = await fixture.connect(1);
  client.send("\n".repeat(65_537));
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([1009]);
});

const injections = [
  "'; drop table tasks; --",
  '" or 1=1 --',
  "' or ownerId = 2 or '",
  "\u0000' or 1=1",
  "1) or (1=1",
  "?1",
  "$text",
];

test.each(injections)("pitfall 14: SQL in a value is a value: %j", async (text) => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'mine', 1), (2, 'theirs', 2)");
  const client = await fixture.connect(1);
  const queries: Query[] = [
    { where: { text } },
    { where: { text: { in: [text] } } },
    { where: { text: { contains: text } } },
    { search: text },
  ];
  for (const [i, query] of queries.entries()) {
    await client.open(`s${i}`, { ...list, query });
    const { data } = await client.request(`r${i}`, { ...list, query });
    expect([client.rows(`s${i}`), data]).toMatchObject([[], { count: 0 }]);
  }
});

test.each([...injections, "text = text or id", "tasks.text", "rowid"])(
  "pitfall 14: SQL in a name is no name: %j",
  async (name) => {
    const fixture = await startFixture();
    const client = await fixture.connect(1);
    const queries = [
      { where: { [name]: 1 } },
      { where: { text: { [name]: 1 } } },
      { orderBy: { [name]: "asc" } },
      { orderBy: { text: name } },
    ] as Query[];
    for (const [i, query] of queries.entries())
      await expect(client.request(`r${i}`, { ...list, query })).rejects.toMatchObject({ code: "invalid" });
  },
);
