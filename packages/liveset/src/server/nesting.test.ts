import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "../core/json.ts";
import { defineApi } from "./define-api.ts";
import { type Fixture, startFixture } from "./live/live.fixture.ts";
import { caughtUp, relatedTables } from "./live/related.fixture.ts";
import type { NestingDeclaration } from "./relation-types.ts";
import { lists, members, schema, tasks } from "./relations.fixture.ts";
import { type Resource, resource } from "./resource.ts";

/* What a resource says of nested rows once for all callers. */

const api = defineApi({
  lists: resource(lists, {
    schema,
    fields: ["id", "name"],
    hooks: { beforeCreate: (_, values) => ({ ...values, ownerId: 1 }) },
    with: {
      tasks: {
        always: true,
        fields: ["text"],
        where: { text: { ne: "hidden" } },
        orderBy: { text: "desc" },
        limit: 2,
      },
      members: { resource: "writers" },
    },
  }),
  tasks: resource(tasks, {
    schema,
    fields: ["id", "text", "listId"],
    filters: ["text"],
    orderBy: ["text"],
    with: { list: { always: true, resource: "lists" } },
  }),
  writers: resource(members, { schema, fields: ["role"], scope: () => ({ role: "writer" as const }) }),
  members: resource(members, { schema, permissions: { list: ({ user }) => user !== null } }),
  guarded: resource(lists, {
    schema,
    fields: ["name"],
    with: { members: { resource: "members", always: true } },
  }),
});

async function started(): Promise<Fixture> {
  const fixture = await startFixture({ api, tables: relatedTables });
  await fixture.run("insert into lists values (1, 'one', 1)");
  await fixture.run("insert into tasks (text, list_id) values ('a', 1), ('b', 1), ('hidden', 1), ('c', 1)");
  await fixture.run("insert into members values (1, 1, 'reader', null), (1, 2, 'writer', null)");
  return fixture;
}

async function ask(fixture: Fixture, method: string, path: string, data?: Json, user = "1"): Promise<Json> {
  const response = await fixture.server.fetch(
    new Request(`http://test/api/${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(user === "" ? {} : { authorization: `Bearer ${user}` }),
      },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    }),
  );
  return (await response.json()) as Json;
}

const json = (query: object): string => encodeURIComponent(JSON.stringify(query));
const first = [
  { id: 4, text: "c" },
  { id: 2, text: "b" },
];

describe("rows that are always nested", () => {
  test("stand in lists and in one row, by the declared fields, condition, order and limit", async () => {
    const fixture = await started();
    expect(await ask(fixture, "GET", "lists/")).toMatchObject({
      results: [{ id: 1, name: "one", tasks: first }],
    });
    expect(await ask(fixture, "GET", "lists/1/?fields=id")).toEqual({ id: 1, tasks: first });
  });

  test("may be asked for otherwise, within what is declared, or not at all", async () => {
    const fixture = await started();
    const with_ = (asked: Json): Promise<Json> =>
      ask(fixture, "GET", `lists/1/?with=${json({ tasks: asked })}`);
    expect(await with_(false)).toEqual({ id: 1, name: "one" });
    expect(await with_({ fields: [], orderBy: { text: "asc" }, limit: 1 })).toMatchObject({
      tasks: [{ id: 1 }],
    });
    expect(await with_({ where: { text: "hidden" } })).toMatchObject({ tasks: [] });
    expect(await with_({ limit: 3 })).toMatchObject({
      code: "limit_exceeded",
      detail: "The limit of tasks may be at most 2.",
    });
    expect(await with_({ fields: ["listId"] })).toMatchObject({
      code: "invalid",
      errors: [{ path: ["with", "tasks", "fields", "listId"], code: "not_declared" }],
    });
  });

  test("stand in the answers to writes", async () => {
    const fixture = await started();
    expect(await ask(fixture, "POST", "lists/", { name: "two" })).toEqual({ id: 2, name: "two", tasks: [] });
    expect(await ask(fixture, "PATCH", "lists/1/", { name: "uno" })).toEqual({
      id: 1,
      name: "uno",
      tasks: first,
    });
  });

  test("are not in rows that are nested themselves, unless these are asked for them", async () => {
    const fixture = await started();
    expect(await ask(fixture, "GET", "tasks/1/")).toMatchObject({ list: { id: 1, name: "one" } });
    expect(await ask(fixture, "GET", "tasks/1/")).not.toHaveProperty("list.tasks");
    expect(
      await ask(fixture, "GET", `tasks/1/?fields=id&with=${json({ list: { with: { tasks: true } } })}`),
    ).toEqual({
      id: 1,
      list: { id: 1, name: "one", tasks: first },
    });
  });

  test("are refused to whom their resource refuses its list, who may ask for less", async () => {
    const fixture = await started();
    expect(await ask(fixture, "GET", "guarded/1/", undefined, "")).toMatchObject({ code: "unauthenticated" });
    expect(await ask(fixture, "GET", `guarded/1/?with=${json({ members: false })}`, undefined, "")).toEqual({
      id: 1,
      name: "one",
    });
  });

  test("a write whose answer cannot be shown is done all the same", async () => {
    const fixture = await started();
    expect(await ask(fixture, "PATCH", "guarded/1/", { name: "uno" }, "")).toBe(null);
    expect(await ask(fixture, "GET", "guarded/1/")).toMatchObject({ name: "uno" });
  });

  test("P1: follow their rows live, in lists and windows; a count nests nothing", async () => {
    const fixture = await started();
    const client = await fixture.connect(1);
    await client.open("list", { resource: "lists", action: "list" });
    await client.open("window", { resource: "lists", action: "list", query: { limit: 1 } });
    await client.open("count", { resource: "lists", action: "count" });
    const shown = [{ id: 1, name: "one", tasks: first }];
    expect([client.rows("list"), client.rows("window")]).toEqual([shown, shown]);
    await fixture.transaction("update tasks set text = 'hidden' where id = 4");
    await caughtUp(fixture, client);
    const after = [
      {
        id: 1,
        name: "one",
        tasks: [
          { id: 2, text: "b" },
          { id: 1, text: "a" },
        ],
      },
    ];
    expect([client.rows("list"), client.rows("window")]).toEqual([after, after]);
    const told = client.frames.length;
    // Neither this row nor another one is shown.
    await fixture.run("insert into tasks (text, list_id) values ('0', 1)");
    await caughtUp(fixture, client);
    expect(client.frames.slice(told).filter(({ type }) => type === "changes")).toEqual([]);
  });
});

test("OPTIONS says what may be nested: whose rows, which fields, how many", async () => {
  const fixture = await started();
  expect(await ask(fixture, "OPTIONS", "lists/")).toMatchObject({
    with: {
      tasks: { resource: "tasks", many: true, always: true, fields: ["id", "text"], limit: 2, maxLimit: 2 },
      members: {
        resource: "writers",
        many: true,
        always: false,
        fields: ["listId", "userId", "role"],
        limit: null,
        maxLimit: 1000,
      },
    },
  });
  expect(await ask(fixture, "OPTIONS", "tasks/")).toMatchObject({
    with: { list: { resource: "lists", many: false, always: true, fields: ["id", "name"] } },
  });
  expect(await ask(fixture, "OPTIONS", "writers/")).toMatchObject({ with: {} });
});

describe("a declaration is refused at the start", () => {
  const shown = resource(tasks, {
    schema,
    fields: ["text"],
    computed: { shout: () => "A" },
    maxPageSize: 10,
  });
  const owners = (
    declared: NestingDeclaration,
    others: Readonly<Record<string, Resource>> = { tasks: shown },
  ) => ({
    l: resource(lists, { schema, with: declared as Readonly<Record<never, never>> }),
    ...others,
  });

  test.each<[string, Readonly<Record<string, Resource>>]>([
    ["which is not a relation", owners({ owner: true })],
    ["no resource shows the table", owners({ tasks: true }, {})],
    ["several resources show (a, b)", owners({ tasks: true }, { a: resource(tasks), b: resource(tasks) })],
    ['but "m" is not a resource of the table "tasks"', owners({ tasks: { resource: "m" } })],
    [
      "does not offer list",
      owners({ tasks: true }, { tasks: resource(tasks, { operations: ["retrieve"] }) }),
    ],
    ['"alway" is no option', owners({ tasks: { alway: true } as object })],
    [
      'fields name "listId", which the resource "tasks" does not show',
      owners({ tasks: { fields: ["listId"] } }),
    ],
    ["where is not a valid condition", owners({ tasks: { where: { colour: "red" } } })],
    ["where is not a valid condition", owners({ tasks: { where: { listId: "one" } } })],
    ['orderBy names "shout"', owners({ tasks: { orderBy: { shout: "asc" } } })],
    ['orderBy names "parentId"', owners({ tasks: { orderBy: { parentId: "asc" } } })],
    ["direction", owners({ tasks: { orderBy: { text: "up" } } })],
    ["whole number", owners({ tasks: { limit: 0 } })],
    ["limit (11) is larger than the maxPageSize (10)", owners({ tasks: { limit: 11 } })],
    [
      'needs the parameter "hall"',
      owners({ tasks: { always: true } }, { tasks: resource(tasks, { params: { hall: z.string() } }) }),
    ],
  ])("%s", (why, resources) => {
    expect(() => defineApi(resources)).toThrow(why);
    expect(() => defineApi(resources)).toThrow(/^Resource "l": with names "/);
  });

  test.each<[string, NestingDeclaration]>([
    ["leads to one row, so there is nothing to be ordered", { list: { orderBy: { name: "asc" } } }],
    ["leads to one row, so it has no limit", { list: { limit: 1 } }],
    ["which is the name of a computed field", { parent: true }],
  ])("%s", (why, declared) => {
    const one = resource(tasks, {
      schema,
      computed: { parent: () => null },
      with: declared as Readonly<Record<never, never>>,
    });
    expect(() => defineApi({ t: one, l: resource(lists, { schema }) })).toThrow(why);
  });

  test("all faults at once", () => {
    expect(() => defineApi(owners({ owner: true, tasks: { limit: 0 } }))).toThrow(/owner.*\n.*tasks/);
  });
});
