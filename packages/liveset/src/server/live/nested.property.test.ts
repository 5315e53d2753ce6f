import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../../core/json.ts";
import type { Query } from "../../core/protocol/query.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { lists, members, schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import type { Ask } from "./ask.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedTables } from "./related.fixture.ts";

/* Random projections (fields, two levels of nested rows with conditions, orders and limits) against rows that are chosen here by hand. */

const soak = Number(process.env.LIVESET_SOAK ?? 1);

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
    filters: { text: true, "list.name": ["exact"] },
    orderBy: ["id", "text"],
    with: {
      list: true,
      parent: true,
      children: { where: { text: { ne: "c" } }, orderBy: { text: "desc" }, limit: 2 },
    },
  }),
  members: resource(members, {
    schema,
    fields: ["role"],
    permissions: { retrieve: (_, { role }) => role === "writer" },
  }),
});

type Row = Readonly<Record<string, string | number | null>>;
type Tables = Readonly<Record<"lists" | "tasks" | "members", readonly Row[]>>;

async function tablesOf({ db }: Fixture): Promise<Tables> {
  const read = (what: string): Promise<readonly Row[]> => db.all<Row>(sql.raw(what));
  return {
    lists: await read("select id, name from lists"),
    tasks: await read('select id, text, list_id as "listId", parent_id as "parentId" from tasks'),
    members: await read('select list_id as "listId", user_id as "userId", role from members'),
  };
}

const keysOf = { lists: ["id"], tasks: ["id"], members: ["listId", "userId"] } as const;
const shownBy = {
  lists: ["id", "name"],
  tasks: ["id", "text", "shout"],
  members: ["listId", "userId", "role"],
} as const;

type Table = keyof Tables;

/** The rows of a query, by the declarations above said once more. */
function expected(tables: Tables, user: number, name: Table, query: Query): readonly WireRow[] {
  return choose(tables, user, name, tables[name], query);
}

function choose(
  tables: Tables,
  user: number,
  name: Table,
  rows: readonly Row[],
  query: Query,
): readonly WireRow[] {
  return first(
    rows.filter((row) => isSeen(tables, user, name, row) && fits(tables, row, query.where)),
    query,
    keysOf[name],
  ).map((row) => show(tables, user, name, row, query));
}

function isSeen({ members }: Tables, user: number, name: Table, row: Row): boolean {
  if (name === "members") return row.role === "writer";
  return name === "lists" || members.some(({ listId, userId }) => listId === row.listId && userId === user);
}

function fits({ lists }: Tables, row: Row, where: Query["where"]): boolean {
  const { text, list } = (where ?? {}) as {
    readonly text?: string | { readonly ne?: string; readonly in?: readonly string[] };
    readonly list?: { readonly name: string };
  };
  if (list !== undefined) return lists.some(({ id, name }) => id === row.listId && name === list.name);
  if (text === undefined) return true;
  if (typeof text === "string") return row.text === text;
  return text.in === undefined ? row.text !== text.ne : text.in.includes(String(row.text));
}

function first(rows: readonly Row[], { orderBy = {}, limit }: Query, key: readonly string[]): readonly Row[] {
  const terms = [...Object.entries(orderBy), ...key.map((column) => [column, "asc"] as const)];
  const sorted = rows.toSorted((a, b) => {
    for (const [column, direction] of terms) {
      const [x = null, y = null] = direction === "asc" ? [a[column], b[column]] : [b[column], a[column]];
      if (x !== y) return x !== null && y !== null && x < y ? -1 : 1;
    }
    return 0;
  });
  return sorted.slice(0, limit);
}

function show(tables: Tables, user: number, name: Table, row: Row, { fields, with: nested }: Query): WireRow {
  const whole: Row = { ...row, shout: String(row.text).toUpperCase() };
  const key: readonly string[] = keysOf[name];
  const shown = shownBy[name].filter((field) => key.includes(field) || fields?.includes(field) !== false);
  const inner = Object.entries(nested ?? {}).map(([relation, wish]) => {
    const [child, rows, declared] = related(tables, row, relation);
    const found = choose(tables, user, child, rows, { ...declared, ...(wish as Query) });
    return [relation, relation === "list" || relation === "parent" ? (found[0] ?? null) : found];
  });
  return { ...Object.fromEntries(shown.map((field) => [field, whole[field]])), ...Object.fromEntries(inner) };
}

/** The rows behind a relation, and what is declared of them there. */
function related(
  { tasks, lists, members }: Tables,
  row: Row,
  relation: string,
): readonly [Table, readonly Row[], Query] {
  if (relation === "list") return ["lists", lists.filter(({ id }) => id === row.listId), {}];
  if (relation === "parent") return ["tasks", tasks.filter(({ id }) => id === row.parentId), {}];
  if (relation === "members") return ["members", members.filter(({ listId }) => listId === row.id), {}];
  if (relation === "tasks") return ["tasks", tasks.filter(({ listId }) => listId === row.id), {}];
  const children = tasks.filter(({ parentId, text }) => parentId === row.id && text !== "c");
  return ["tasks", children, { orderBy: { text: "desc" }, limit: 2 }];
}

const some = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arb, { nil: undefined });
const direction = fc.constantFrom("asc", "desc");
const where = fc.oneof(
  fc.constantFrom("a", "b").map((text) => ({ text })),
  fc.constantFrom("a", "b").map((ne) => ({ text: { ne } })),
  fc.subarray(["a", "b", "c"]).map((values) => ({ text: { in: values } })),
  fc.constantFrom("one", "two", "a").map((name) => ({ list: { name } })),
);
const limit = fc.constantFrom(1, 2);
const fieldsOf = (name: Table): fc.Arbitrary<string[]> => fc.subarray([...shownBy[name]]);
const orderOf = (columns: readonly string[]): fc.Arbitrary<Record<string, string>> =>
  fc
    .tuple(fc.shuffledSubarray([...columns], { minLength: 1 }), direction, direction)
    .map(([names, one, two]) => Object.fromEntries(names.map((name, i) => [name, i === 0 ? one : two])));

/** What is not asked for is not there: on the wire there is no undefined. */
function compact(query: object): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Query;
}

/** A query of nested rows, in which so many further relations may be nested. */
function nestedQuery(name: Table, many: boolean, levels: number): fc.Arbitrary<Query> {
  const isTask = name === "tasks";
  return fc
    .record({
      fields: some(fieldsOf(name)),
      where: isTask ? some(where) : fc.constant(undefined),
      orderBy:
        many && name !== "members"
          ? some(orderOf(isTask ? ["id", "text"] : ["id", "name"]))
          : fc.constant(undefined),
      limit: many ? some(limit) : fc.constant(undefined),
      with: levels > 0 ? some(withOf(name, levels)) : fc.constant(undefined),
    })
    .map(compact);
}

function withOf(name: Table, levels: number): fc.Arbitrary<Query["with"]> {
  const relations: readonly (readonly [string, Table, boolean])[] =
    name === "lists"
      ? [
          ["tasks", "tasks", true],
          ["members", "members", true],
        ]
      : name === "tasks"
        ? [
            ["list", "lists", false],
            ["parent", "tasks", false],
            ["children", "tasks", true],
          ]
        : [];
  return fc
    .record(
      Object.fromEntries(
        relations.map(([relation, child, many]) => [
          relation,
          some(fc.oneof(fc.constant(true as const), nestedQuery(child, many, levels - 1))),
        ]),
      ),
    )
    .map((asked) => compact(asked) as Query["with"]);
}

const ofLists = fc.record({
  resource: fc.constant("lists" as const),
  query: fc
    .record({
      fields: some(fieldsOf("lists")),
      orderBy: some(orderOf(["id", "name"])),
      limit: some(limit),
      with: withOf("lists", 2),
    })
    .map(compact),
});
const ofTasks = fc.record({
  resource: fc.constant("tasks" as const),
  query: fc
    .record({
      fields: some(fieldsOf("tasks")),
      where: some(where),
      orderBy: some(orderOf(["id", "text"])),
      limit: some(limit),
      with: withOf("tasks", 2),
    })
    .map(compact),
});
const wishes = fc.array(fc.oneof(ofLists, ofTasks), { minLength: 1, maxLength: 4 });

const id = fc.integer({ min: 1, max: 5 });
const list = fc.constantFrom("1", "2", "null");
const text = fc.constantFrom("a", "b", "c");
const user = fc.integer({ min: 1, max: 3 });
const statement = fc.oneof(
  fc.tuple(id, text, list, id).map(([key, to, of, parent]) => {
    return `insert or replace into tasks values (${key}, '${to}', ${of}, ${parent === key ? "null" : parent})`;
  }),
  fc.tuple(id, text).map(([key, to]) => `update tasks set text = '${to}' where id = ${key}`),
  fc.tuple(id, list).map(([key, to]) => `update tasks set list_id = ${to} where id = ${key}`),
  fc.tuple(id, id).map(([key, to]) => `update tasks set parent_id = nullif(${to}, ${key}) where id = ${key}`),
  id.map((key) => `delete from tasks where id = ${key}`),
  fc.tuple(fc.constantFrom(1, 2), user, fc.constantFrom("reader", "writer")).map(([of, who, role]) => {
    return `insert or replace into members values (${of}, ${who}, '${role}', null)`;
  }),
  user.map((who) => `delete from members where user_id = ${who}`),
  text.map((to) => `update lists set name = '${to}' where id = 1`),
  fc.constantFrom("delete from lists where id = 2", "insert or ignore into lists values (2, 'two', 2)"),
);

const seed = [
  "insert into lists values (1, 'one', 1), (2, 'two', 2)",
  "insert into members values (1, 1, 'reader', null), (2, 1, 'writer', null), (2, 2, 'writer', null), (1, 3, 'writer', null)",
  "insert into tasks values (1, 'b', 1, null), (2, 'a', 1, 1), (3, 'c', 2, 1), (4, 'c', 1, 2), (5, 'b', 1, 1), (6, 'bb', 1, 1)",
];

function sorted(rows: readonly WireRow[]): readonly WireRow[] {
  return rows.toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** A live list shows the columns of its order as well, because its client places the rows. */
function live({ fields, orderBy, ...query }: Query): Query {
  if (fields === undefined) return { ...query, ...(orderBy === undefined ? {} : { orderBy }) };
  return {
    ...query,
    ...(orderBy === undefined ? {} : { orderBy }),
    fields: [...fields, ...Object.keys(orderBy ?? {})],
  };
}

async function restOf(fixture: Fixture, who: number, { resource: name, query = {} }: Ask): Promise<unknown> {
  const response = await fixture.server.fetch(
    new Request(`http://test/api/${name}/1/?with=${encodeURIComponent(JSON.stringify(query.with))}`, {
      headers: { authorization: `Bearer ${who}` },
    }),
  );
  return response.status === 404 ? undefined : response.json();
}

test(
  "P1 P3: after each commit each list and window, and one row over REST, shows what is nested as it is chosen by hand",
  async () => {
    const limits = { burst: 1e9, heartbeat: 1e9, subscriptions: 1e9 };
    const fixture = await startFixture({ api, tables: relatedTables, limits });
    const users = [1, 2, 3];
    await fc.assert(
      fc.asyncProperty(
        wishes,
        fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        async (asked, steps) => {
          for (const table of ["tasks", "members", "lists"]) await fixture.run(`delete from ${table}`);
          for (const each of seed) await fixture.run(each);
          const clients: ReferenceClient[] = [];
          for (const who of users) clients.push(await fixture.connect(who));
          for (const client of clients) {
            for (const [i, wish] of asked.entries()) await client.open(`${i}`, { ...wish, action: "list" });
          }
          for (const statements of [[], ...steps]) {
            try {
              await fixture.transaction(...statements);
            } catch (thrown) {
              if (!/constraint/i.test(`${thrown} ${(thrown as Error).cause}`)) throw thrown;
            }
            const tables = await tablesOf(fixture);
            for (const [at, client] of clients.entries()) {
              const who = users[at] ?? 0;
              await caughtUp(fixture, client);
              for (const [i, { resource: name, query }] of asked.entries()) {
                expect(sorted(client.rows(`${i}`))).toEqual(sorted(expected(tables, who, name, live(query))));
              }
              const [wish] = asked;
              if (wish === undefined) continue;
              const one = await restOf(fixture, who, { ...wish, action: "list" });
              const rows = expected(tables, who, wish.resource, { with: wish.query.with ?? {} });
              expect(one).toEqual(rows.find((row) => row.id === 1));
            }
          }
          for (const [at, client] of clients.entries()) {
            for (const name of [...client.lists.keys()]) client.unsubscribe(name);
            await client.ping();
            expect(client.errors.size, `user ${at + 1}`).toBe(0);
          }
        },
      ),
      { numRuns: 30 * soak },
    );
  },
  60_000 * soak,
);
