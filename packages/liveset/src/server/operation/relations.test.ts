import { relations, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { action } from "../action.ts";
import { compileResource } from "../compile-resource.ts";
import { createServer, type LivesetServer } from "../create-server.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { opaque } from "../opaque.ts";
import { lists, members, schema, tasks } from "../relations.fixture.ts";
import { type Resource, resource } from "../resource.ts";
import { ask } from "../serve-tasks.fixture.ts";

const statements = [
  sql`create table lists (id integer primary key, name text not null, owner_id integer not null)`,
  sql`create table members (list_id integer not null, user_id integer not null, role text not null, since integer,
    primary key (list_id, user_id))`,
  sql`create table tasks (id integer primary key autoincrement, text text not null, list_id integer, parent_id integer)`,
  sql`insert into lists values (1, 'Home', 7), (2, 'Work', 8), (3, 'Club', 8)`,
  sql`insert into members values (2, 7, 'reader', 0), (2, 9, 'writer', null), (3, 9, 'reader', null)`,
  sql`insert into tasks values (1, 'milk', 1, null), (2, 'report', 2, null), (3, 'song', 3, null), (4, 'loose', null, null),
    (5, 'oat milk', 1, 1), (6, 'appendix', 2, 2)`,
];

/** Own lists' tasks, and those of lists that one is a member of. */
const visible = resource(tasks, {
  schema,
  scope: ({ user }) => {
    const userId = Number(user?.id ?? 0);
    return { OR: [{ list: { ownerId: userId } }, { list: { members: { some: { userId } } } }] };
  },
  check: ({ user }) => ({ list: { ownerId: Number(user?.id ?? 0) } }),
  filters: {
    text: true,
    "list.ownerId": ["exact", "in"],
    "list.name": true,
    "children.text": true,
    "list.members.userId": true,
  },
  orderBy: ["id"],
  actions: { shout: action(tasks, { run: ({ row }) => row.text.toUpperCase() }) },
});

async function serve(
  declared: Readonly<Record<string, Resource>>,
  logged: object[] = [],
): Promise<LivesetServer> {
  const database = sqlite(":memory:");
  for (const statement of statements) await database.db.run(statement);
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void logged.push(fields),
  };
  const server = createServer(defineApi(declared), {
    database,
    log,
    authenticate: (request) => ({ id: Number(request.headers.get("x-user")) }),
  });
  onTestFinished(() => server.close());
  return server;
}

async function ids(server: LivesetServer, query = "", user = 7): Promise<number[]> {
  const { status, body } = await ask(server, "GET", `/api/tasks/${query}`, { user });
  expect(status).toBe(200);
  const { count, results } = body as { count: number; results: { id: number }[] };
  expect(count).toBe(results.length);
  return results.map(({ id }) => id);
}

test("a scope crosses to the owner and through a membership table", async () => {
  const server = await serve({ tasks: visible });
  expect(await ids(server, "?ordering=id")).toEqual([1, 2, 5, 6]);
  expect(await ids(server, "?ordering=id", 9)).toEqual([2, 3, 6]);
  expect(await ids(server, "", 1)).toEqual([]);
  expect(await ask(server, "GET", "/api/tasks/2/")).toMatchObject({ status: 200, body: { text: "report" } });
  expect(await ask(server, "GET", "/api/tasks/3/")).toMatchObject({ status: 404 });
});

test("a write is judged by the row that it leads to", async () => {
  const server = await serve({ tasks: visible });
  const outside = { status: 403, body: { code: "outside_scope" } };
  const create = (listId: number | null) =>
    ask(server, "POST", "/api/tasks/", { body: { text: "new", listId } });
  expect(await create(1)).toMatchObject({ status: 201, body: { listId: 1 } });
  expect(await create(2)).toMatchObject(outside);
  expect(await create(null)).toMatchObject(outside);
  expect(await create(99)).toMatchObject(outside);
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { listId: 2 } })).toMatchObject(outside);
  expect(await ask(server, "PUT", "/api/tasks/1/", { body: { text: "a", listId: 3 } })).toMatchObject(
    outside,
  );
  // Readable through the membership, but not its owner's.
  expect(await ask(server, "PATCH", "/api/tasks/2/", { body: { text: "a" } })).toMatchObject(outside);
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { text: "a" } })).toMatchObject({ status: 200 });
  expect(await ask(server, "DELETE", "/api/tasks/3/")).toMatchObject({ status: 404 });
  expect(await ask(server, "DELETE", "/api/tasks/5/")).toMatchObject({ status: 204 });
  expect(await ask(server, "POST", "/api/tasks/2/shout/")).toMatchObject({ status: 200, body: "REPORT" });
  expect(await ask(server, "POST", "/api/tasks/3/shout/")).toMatchObject({ status: 404 });
  expect(await server.db.all(sql`select count(*) as n from tasks`)).toEqual([{ n: 6 }]);
});

test("declared filters cross relations, in a URL and as JSON", async () => {
  const server = await serve({ tasks: visible });
  const where = (value: object) => `?ordering=id&where=${encodeURIComponent(JSON.stringify(value))}`;
  expect(await ids(server, "?ordering=id&list__ownerId=8")).toEqual([2, 6]);
  expect(await ids(server, "?ordering=id&list__ownerId__in=7,9&list__name=Home")).toEqual([1, 5]);
  expect(await ids(server, "?children__text__icontains=MILK")).toEqual([1]);
  expect(await ids(server, "?ordering=id&list__members__userId=9")).toEqual([2, 6]);
  expect(await ids(server, where({ children: { none: {} } }))).toEqual([5, 6]);
  expect(await ids(server, where({ NOT: { list: { members: { some: { userId: 9 } } } } }))).toEqual([1, 5]);
});

test("what was not declared across a relation is refused, and nothing is said of what there is", async () => {
  const server = await serve({ tasks: visible });
  const fault = async (query: string): Promise<unknown> => {
    const { status, body } = await ask(server, "GET", `/api/tasks/${query}`);
    expect(status).toBe(400);
    const { path, code, message } = (body as { errors: { path: string[]; code: string; message: string }[] })
      .errors[0] ?? { path: [], code: "", message: "" };
    expect(message).not.toMatch(/role|since/);
    return [path.join("."), code];
  };
  const where = (value: object) => `?where=${encodeURIComponent(JSON.stringify(value))}`;
  expect(await fault("?list__id=1")).toEqual(["list__id", "not_declared"]);
  expect(await fault("?list__ownerId__gt=1")).toEqual(["where.list.ownerId.gt", "unknown_lookup"]);
  expect(await fault(where({ list: { id: 1 } }))).toEqual(["where.list.id", "not_declared"]);
  expect(await fault(where({ parent: { id: 1 } }))).toEqual(["where.parent", "not_declared"]);
  const { body } = await ask(server, "GET", `/api/tasks/${where({ owner: 1 })}`);
  expect(body).toMatchObject({ detail: "owner cannot be filtered by; what can: text, list, children." });
  expect(await fault(where({ list: null }))).toEqual(["where.list", "invalid_type"]);
  expect(await fault(where({ list: 1 }))).toEqual(["where.list", "invalid_type"]);
  expect(await fault(where({ children: { text: "a" } }))).toEqual(["where.children.text", "unknown_lookup"]);
  expect(await fault(where({ children: {} }))).toEqual(["where.children", "required"]);
  expect(await fault(where({ children: { some: { id: 1 } } }))).toEqual([
    "where.children.some.id",
    "not_declared",
  ]);
  expect(await fault(where({ list: { constructor: 1 } }))).toEqual([
    "where.list.constructor",
    "not_declared",
  ]);
  expect(await fault(where({ sql: { text: "1 = 1" } }))).toEqual(["where.sql", "not_declared"]);
});

test("OPTIONS names the paths that can be filtered by", async () => {
  const server = await serve({ tasks: visible });
  const { body } = await ask(server, "OPTIONS", "/api/tasks/");
  expect((body as { filters: object }).filters).toMatchObject({ "list.ownerId": ["exact", "in"] });
});

test("a scope in SQL stands beside other conditions", async () => {
  const longest = sql`length(${tasks.text}) = (select max(length(t.text)) from tasks t where t.list_id = ${tasks.listId})`;
  const server = await serve({
    tasks: resource(tasks, {
      schema,
      scope: () => ({ list: { ownerId: 7 }, sql: opaque(longest, { tables: [tasks] }) }),
    }),
  });
  expect(await ids(server)).toEqual([5]);
  const body = { text: "x", listId: 1 };
  expect(await ask(server, "POST", "/api/tasks/", { body })).toMatchObject({ status: 403 });
});

test("a faulty scope is the server's fault, whatever its relations", async () => {
  const logged: object[] = [];
  const scopes: readonly object[] = [
    { list: { ownerId: undefined } },
    { list: { colour: 1 } },
    { list: { sql: opaque(sql`1 = 1`, { tables: [lists] }) } },
    { parent: { parent: { parent: { parent: { id: 1 } } } } },
    { children: { every: { id: 1 } } },
  ];
  for (const scope of scopes) {
    const server = await serve({ tasks: resource(tasks, { schema, scope: () => scope }) }, logged);
    const { status, body } = await ask(server, "GET", "/api/tasks/");
    expect([status, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining("colour")]);
  }
  expect(logged).toHaveLength(scopes.length);
});

test("a declaration names the relation or the path that is wrong", () => {
  const declare = (declared: Resource) => () => compileResource("tasks", declared);
  const loose = relations(tasks, ({ one }) => ({ list: one(lists) }));
  expect(declare(resource(tasks, { schema: { tasks, lists, loose } }))).toThrow(
    'The relation "list" of the table "tasks" cannot be resolved',
  );
  const named = relations(tasks, ({ one }) => ({
    text: one(lists, { fields: [tasks.listId], references: [lists.id] }),
  }));
  expect(declare(resource(tasks, { schema: { tasks, lists, named } }))).toThrow(
    'The relation "text" of the table "tasks" has the name of a column',
  );
  const mixed = relations(tasks, ({ one }) => ({
    list: one(lists, { fields: [tasks.listId], references: [lists.name] }),
  }));
  expect(declare(resource(tasks, { schema: { tasks, lists, mixed } }))).toThrow(
    'The relation "list" of the table "tasks" joins the columns "list_id" (integer) and "name" (text), which cannot be compared',
  );
  const keyless = sqliteTable("keyless", { taskId: integer() });
  const toKeyless = relations(tasks, ({ one }) => ({
    keyless: one(keyless, { fields: [tasks.id], references: [keyless.taskId] }),
  }));
  expect(declare(resource(tasks, { schema: { tasks, keyless, toKeyless } }))).toThrow(
    'The table "keyless" has no primary key',
  );
  expect(declare(resource(tasks, { schema: { lists } }))).toThrow('does not hold the table "tasks"');
  const filters = { "list.colour": true } as Readonly<Record<string, true>>;
  expect(declare(resource(tasks, { schema, filters } as never))).toThrow(
    'filters names "list.colour", which is not a column across at most 3 relations of the table "tasks"; its relations: list, parent, children',
  );
  expect(declare(resource(tasks, { schema, filters: { "list.id": ["icontains"] } }))).toThrow(
    'filters.list.id has the lookup "icontains"',
  );
  const other = sqliteTable("other", { id: integer().primaryKey(), list__id: integer(), listId: integer() });
  const otherRelations = relations(other, ({ one }) => ({
    list: one(lists, { fields: [other.listId], references: [lists.id] }),
  }));
  expect(
    declare(resource(other, { schema: { other, lists, otherRelations }, filters: ["list.id"] })),
  ).toThrow('whose name in a URL, "list__id", is taken');
});

test("resources of one schema share what relations lead to, and all of it is opened", () => {
  const task = compileResource("tasks", resource(tasks, { schema }));
  const list = compileResource("lists", resource(lists, { schema }));
  expect(task.info.relations.get("list")?.target()).toBe(list.info);
  expect(task.tables.map(({ name }) => name).sort()).toEqual(["lists", "members", "tasks"]);
  expect(compileResource("members", resource(members)).tables).toHaveLength(1);
  const note = sqliteTable("notes", { id: integer().primaryKey(), text: text() });
  expect(compileResource("notes", resource(note)).info.relations.size).toBe(0);
});
