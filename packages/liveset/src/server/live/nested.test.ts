import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { lists, members, schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import type { Ask } from "./ask.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedTables } from "./related.fixture.ts";

/** Lists are everybody's; a task is seen by the members of its list; a member is not shown what another one may not see. */
const api = defineApi({
  lists: resource(lists, {
    schema,
    fields: ["id", "name"],
    orderBy: ["id", "name"],
    with: { tasks: true, members: true },
  }),
  tasks: resource(tasks, {
    schema,
    fields: ["id", "text"],
    computed: { shout: ({ text }) => text.toUpperCase() },
    scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id ?? 0) } } } }),
    filters: ["text"],
    orderBy: ["id", "text"],
    with: { list: true, parent: true, children: true },
  }),
  members: resource(members, {
    schema,
    fields: ["role"],
    permissions: { list: ({ user }) => user !== null, retrieve: (_, { role }) => role === "writer" },
  }),
});

const seed = [
  "insert into lists values (1, 'one', 1), (2, 'two', 2)",
  "insert into members values (1, 1, 'reader', null), (2, 1, 'writer', null), (2, 2, 'writer', null)",
  "insert into tasks values (1, 'b', 1, null), (2, 'a', 1, 1), (3, 'c', 2, null)",
];

async function started(): Promise<{ fixture: Fixture; client: ReferenceClient }> {
  const fixture = await startFixture({ api, tables: relatedTables });
  for (const statement of seed) await fixture.run(statement);
  return { fixture, client: await fixture.connect(1) };
}

async function get(fixture: Fixture, path: string, user: number | null = 1): Promise<Response> {
  const headers: Record<string, string> = user === null ? {} : { authorization: `Bearer ${user}` };
  return fixture.server.fetch(new Request(`http://test/api/${path}`, { headers }));
}

async function results(fixture: Fixture, path: string, user?: number): Promise<Json> {
  const response = await get(fixture, path, user);
  const body = (await response.json()) as { results: Json };
  expect([response.status, body]).toMatchObject([200, {}]);
  return body.results;
}

const json = (query: object): string => encodeURIComponent(JSON.stringify(query));
const ofLists = (asked: Record<string, Json>, more: Ask["query"] = {}): Ask => ({
  resource: "lists",
  action: "list",
  query: { with: asked, ...more },
});
const sorted = (rows: readonly object[]): object[] =>
  rows.toSorted((a, b) => Number((a as { id: number }).id) - Number((b as { id: number }).id));

describe("over REST", () => {
  test("to many, to one and two levels deep, as the resource of the rows shows them", async () => {
    const { fixture } = await started();
    expect(await results(fixture, "lists/?with=tasks,tasks.parent")).toEqual([
      {
        id: 1,
        name: "one",
        tasks: [
          { id: 1, text: "b", shout: "B", parent: null },
          { id: 2, text: "a", shout: "A", parent: { id: 1, text: "b", shout: "B" } },
        ],
      },
      { id: 2, name: "two", tasks: [{ id: 3, text: "c", shout: "C", parent: null }] },
    ]);
    expect(await (await get(fixture, "tasks/2/?fields=text&with=list")).json()).toEqual({
      id: 2,
      text: "a",
      list: { id: 1, name: "one" },
    });
  });

  test("where, order, limit and fields of nested rows; the links of a page keep them", async () => {
    const { fixture } = await started();
    const asked = json({ tasks: { fields: ["text"], orderBy: { text: "asc" }, limit: 1 } });
    const body = (await (await get(fixture, `lists/?limit=1&with=${asked}`)).json()) as { next: string };
    expect(body).toMatchObject({ results: [{ id: 1, tasks: [{ id: 2, text: "a" }] }] });
    expect(await results(fixture, body.next.replace("http://test/api/", ""))).toEqual([
      { id: 2, name: "two", tasks: [{ id: 3, text: "c" }] },
    ]);
    const some = json({ tasks: { where: { text: "c" }, fields: [] } });
    expect(await results(fixture, `lists/?with=${some}`)).toMatchObject([
      { tasks: [] },
      { tasks: [{ id: 3 }] },
    ]);
  });

  test("P5: nested rows are those in the caller's scope, and that a permission shows", async () => {
    const { fixture } = await started();
    expect(await results(fixture, "lists/?with=tasks,members", 2)).toMatchObject([
      { tasks: [], members: [] },
      { tasks: [{ id: 3 }], members: [{ userId: 1 }, { userId: 2 }] },
    ]);
    expect((await get(fixture, "lists/?with=members", null)).status).toBe(401);
    // What a permission withholds does not count for the limit.
    expect(await results(fixture, `lists/?with=${json({ members: { limit: 1 } })}`)).toMatchObject([
      { members: [] },
      { members: [{ userId: 1 }] },
    ]);
  });

  test("the tag of a row with nested rows is another one when these change, and fits a write all the same", async () => {
    const { fixture } = await started();
    const tag = async (): Promise<string> =>
      (await get(fixture, "lists/1/?with=tasks")).headers.get("etag") ?? "";
    const first = await tag();
    await fixture.run("update tasks set text = 'new' where id = 1");
    const second = await tag();
    expect(second).not.toBe(first);
    const written = await fixture.server.fetch(
      new Request("http://test/api/lists/1/", {
        method: "PATCH",
        headers: { "content-type": "application/json", "if-match": second, authorization: "Bearer 1" },
        body: JSON.stringify({ name: "uno" }),
      }),
    );
    expect(written.status).toBe(200);
  });

  test.each([
    ["lists/?with=owner", "invalid", ["with", "owner"]],
    [
      `lists/?with=${json({ tasks: { where: { listId: 1 } } })}`,
      "invalid",
      ["with", "tasks", "where", "listId"],
    ],
    [
      `lists/?with=${json({ tasks: { fields: ["listId"] } })}`,
      "invalid",
      ["with", "tasks", "fields", "listId"],
    ],
    [`lists/?with=${json({ tasks: { after: "" } })}`, "invalid", ["with", "tasks", "after"]],
    [`lists/?with=${json({ tasks: 5 })}`, "invalid", ["with", "tasks"]],
    [
      `lists/?with=${json({ tasks: { with: { members: true } } })}`,
      "invalid",
      ["with", "tasks", "with", "members"],
    ],
    ["lists/?with=tasks.parent.list", "limit_exceeded", undefined],
  ])("%s is refused, naming what is wrong", async (path, code, at) => {
    const { fixture } = await started();
    const response = await get(fixture, path);
    const errors = at === undefined ? {} : { errors: [{ path: at }] };
    expect([response.status, await response.json()]).toMatchObject([400, { code, ...errors }]);
  });
});

describe("live", () => {
  test("P1: a child's insert, update, move and delete update its parents, once in a transaction", async () => {
    const { fixture, client } = await started();
    await client.open("a", ofLists({ tasks: { fields: ["text"] } }));
    const changes = (): number => client.frames.filter(({ type }) => type === "changes").length;
    const step = async (...statements: string[]): Promise<unknown> => {
      const before = changes();
      await fixture.transaction(...statements);
      await caughtUp(fixture, client);
      return [changes() - before, ...sorted(client.rows("a")).map((row) => (row as { tasks: Json }).tasks)];
    };
    const [one, two, three] = [
      { id: 1, text: "b" },
      { id: 2, text: "a" },
      { id: 3, text: "c" },
    ];
    expect(await step("insert into tasks values (4, 'd', 2, null)")).toEqual([
      1,
      [one, two],
      [three, { id: 4, text: "d" }],
    ]);
    expect(await step("update tasks set text = 'e' where id = 4")).toEqual([
      1,
      [one, two],
      [three, { id: 4, text: "e" }],
    ]);
    expect(await step("update tasks set list_id = 1 where id = 3", "delete from tasks where id = 4")).toEqual(
      [1, [one, two, three], []],
    );
    // What is not shown of a child sends nothing.
    expect(await step("update tasks set parent_id = 1 where id = 3")).toEqual([0, [one, two, three], []]);
  });

  test("P5: a flip of a membership shows and hides nested rows, and sends none that are hidden", async () => {
    const { fixture } = await started();
    const client = await fixture.connect(3);
    await client.open("a", ofLists({ tasks: true }));
    expect(sorted(client.rows("a"))).toMatchObject([{ tasks: [] }, { tasks: [] }]);
    await fixture.run("insert into members values (2, 3, 'reader', null)");
    await caughtUp(fixture, client);
    expect(sorted(client.rows("a"))).toMatchObject([{ tasks: [] }, { tasks: [{ id: 3 }] }]);
    await fixture.transaction("delete from members where user_id = 3", "update tasks set text = 'secret'");
    await caughtUp(fixture, client);
    expect(sorted(client.rows("a"))).toMatchObject([{ tasks: [] }, { tasks: [] }]);
    expect(JSON.stringify(client.frames)).not.toContain("secret");
  });

  test("P4: a list with nested rows is resumed where nothing concerned it, and else sent anew", async () => {
    const { fixture, client } = await started();
    const asked = ofLists({ tasks: true });
    await client.open("a", asked);
    await caughtUp(fixture, client);
    const left = client.leaveBehind();
    const again = await fixture.connect(1, left);
    await again.open("a", asked);
    await fixture.run("update tasks set text = 'new' where id = 1");
    const third = await fixture.connect(1, left);
    await third.open("a", asked);
    const resumed = [again, third].map(({ frames }) => frames.find(({ type }) => type === "subscribed"));
    expect(resumed).toMatchObject([{ resumed: true }, { resumed: false }]);
    expect(sorted(third.rows("a"))).toMatchObject([{ tasks: [{ text: "new" }, {}] }, {}]);
  });

  test("a count nests nothing", async () => {
    const { client } = await started();
    const count = { ...ofLists({ tasks: true }), action: "count" as const };
    await expect(client.open("a", count)).rejects.toMatchObject({ errors: [{ path: ["with"] }] });
  });
});

test("P5, P9: what a permission says of nested rows is asked again on refresh", async () => {
  let shown = "reader";
  const changing = defineApi({
    lists: resource(lists, { schema, fields: ["name"], with: { members: true } }),
    members: resource(members, {
      schema,
      fields: ["role"],
      permissions: { retrieve: (_, { role }) => role === shown },
    }),
  });
  const fixture = await startFixture({ api: changing, tables: relatedTables });
  for (const statement of seed) await fixture.run(statement);
  const client = await fixture.connect(1);
  const asked = { with: { members: true } };
  await client.open("a", { resource: "lists", action: "list", query: asked });
  await client.open("b", { resource: "lists", action: "retrieve", key: 1, query: asked });
  const users = (id: string): unknown[] =>
    sorted(client.rows(id)).map((row) =>
      (row as { members: { userId: number }[] }).members.map(({ userId }) => userId),
    );
  expect([users("a"), users("b")]).toEqual([[[1], []], [[1]]]);
  shown = "writer";
  await fixture.server.refresh("1");
  const isTold = (): boolean => JSON.stringify([users("a"), users("b")]) === "[[[],[1,2]],[[]]]";
  await client.until(isTold);
});
