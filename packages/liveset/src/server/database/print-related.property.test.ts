import { DatabaseSync } from "node:sqlite";
import { type getTableColumns, relations, type SQL, sql, type Table } from "drizzle-orm";
import { blob, integer, numeric, SQLiteSyncDialect, sqliteTable, text } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, WireRow } from "../../core/json.ts";
import { canonical } from "../../core/query/canonical.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import { normalize } from "../../core/query/normalize.ts";
import { parseWhere } from "../../core/query/parse-where.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { scopeRules } from "../operation/where-rules.ts";
import { inspectInSchema } from "../table/inspect-in-schema.ts";
import type { TableInfo } from "../table/table-info.ts";
import { printPredicate } from "./print-predicate.ts";
import { toSqlInput } from "./sqlite/sql-value.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const dialect = new SQLiteSyncDialect();

/** The text is compared without case by the database, and must not be by a relation. */
const declared =
  '"id" integer primary key, "n_1" integer, "m" integer, "s" text collate nocase, "at" integer, "big" blob, "num" numeric';

function makeTable(name: string) {
  return sqliteTable(name, {
    id: integer().primaryKey(),
    n: integer("n_1"),
    m: integer(),
    s: text(),
    at: integer({ mode: "timestamp_ms" }),
    big: blob({ mode: "bigint" }),
    num: numeric({ mode: "bigint" }),
  });
}
type OneTable = ReturnType<typeof makeTable>;
type Column = keyof ReturnType<typeof getTableColumns<OneTable>>;

/** Few values, so that rows often meet. Joined columns are of one kind. */
const values: { readonly [C in Column]: readonly Json[] } = {
  id: [1, 2, 3, 4],
  n: [1, 2, null],
  m: [1, 2, 3, null],
  s: ["a", "A", "é", "", null],
  at: ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", null],
  big: ["1", "20", null],
  num: ["1", "20", null],
};
const joins: readonly (readonly (readonly [Column, Column])[])[] = [
  [["n", "id"]],
  [["m", "n"]],
  [["s", "s"]],
  [["at", "at"]],
  [["num", "big"]],
  [
    ["n", "m"],
    ["s", "s"],
  ],
];

interface Link {
  readonly from: number;
  readonly to: number;
  readonly join: (typeof joins)[number];
}
interface World {
  readonly infos: readonly TableInfo[];
  readonly rows: ReadonlyMap<string, readonly WireRow[]>;
  readonly database: DatabaseSync;
}

const link: fc.Arbitrary<Link> = fc.record({
  from: fc.nat(2),
  to: fc.nat(2),
  join: fc.constantFrom(...joins),
});
const row = fc.record(
  Object.fromEntries(Object.entries(values).map(([name, held]) => [name, fc.constantFrom(...held)])),
) as unknown as fc.Arbitrary<WireRow>;
const rowsOfTable = fc.uniqueArray(row, { selector: ({ id }) => id, minLength: 2, maxLength: 4 });
const world = fc.record({
  links: fc.array(link, { minLength: 1, maxLength: 5 }),
  rows: fc.tuple(rowsOfTable, rowsOfTable, rowsOfTable),
});
type WorldPlan = typeof world extends fc.Arbitrary<infer W> ? W : never;

/** Each link is a relation to one row, and back to many; a table may be linked to itself and twice to another. */
function schemaOf(tables: readonly OneTable[], links: readonly Link[]): Record<string, unknown> {
  const tableAt = (index: number): OneTable => tables[index] as OneTable;
  const entries = tables.flatMap((table, at): [string, unknown][] => [
    [`t${at}`, table],
    [
      `r${at}`,
      relations(table, ({ one, many }) =>
        Object.fromEntries(
          links.flatMap(({ from, to, join }, index) => [
            ...(from === at
              ? [[`up${index}`, one(tableAt(to), configOf(tableAt(from), tableAt(to), join, index))]]
              : []),
            ...(to === at ? [[`down${index}`, many(tableAt(from), { relationName: `l${index}` })]] : []),
          ]),
        ),
      ),
    ],
  ]);
  return Object.fromEntries(entries);
}

function configOf(from: OneTable, to: OneTable, join: Link["join"], index: number) {
  const fields = join.map(([column]) => from[column]);
  const references = join.map(([, column]) => to[column]);
  return { relationName: `l${index}`, fields, references } as never;
}

function makeWorld(plan: WorldPlan): World {
  // One has a name that must be quoted.
  const tables = ["first", "the second", "third"].map(makeTable);
  const schema = schemaOf(tables, plan.links);
  const infos = tables.map((table) => inspectInSchema(table, schema));
  const database = new DatabaseSync(":memory:");
  for (const [index, info] of infos.entries()) {
    database.exec(`create table "${info.name}" (${declared})`);
    for (const one of plan.rows[index] ?? []) insert(database, info, one);
  }
  return { infos, database, rows: new Map(infos.map(({ name }, index) => [name, plan.rows[index] ?? []])) };
}

function insert(database: DatabaseSync, info: TableInfo, one: WireRow): void {
  const model = info.fromWire(one);
  const bound = [...info.columns].map(([name, { drizzle }]) => sql`${sql.param(model[name], drizzle)}`);
  run(database, sql`insert into ${info.table as Table} values (${sql.join(bound, sql`, `)})`);
}

function run(database: DatabaseSync, query: SQL): Record<string, unknown>[] {
  const { sql: statement, params } = dialect.sqlToQuery(query);
  return database.prepare(statement).all(...params.map(toSqlInput));
}

function selected(
  { database }: World,
  info: TableInfo,
  predicate: Predicate,
  relatedFirst = false,
): number[] {
  const where = printPredicate(predicate, info, "sqlite", null, relatedFirst);
  return run(database, sql`select "id" from ${info.table as Table} where ${where} order by "id"`).map(
    ({ id }) => Number(id),
  );
}

/** What the predicate means, row by row: true, false or unknown. */
function truth(world: World, info: TableInfo, predicate: Predicate, one: WireRow): boolean | null {
  switch (predicate.op) {
    case "true":
      return true;
    case "false":
      return false;
    case "compare": {
      if (compilePredicate(predicate, info.columns)(one)) return true;
      return compilePredicate({ op: "not", of: predicate }, info.columns)(one) ? false : null;
    }
    case "not": {
      const inner = truth(world, info, predicate.of, one);
      return inner === null ? null : !inner;
    }
    case "and":
    case "or": {
      const parts = predicate.of.map((part) => truth(world, info, part, one));
      const deciding = predicate.op === "or";
      if (parts.includes(deciding)) return deciding;
      return parts.includes(null) ? null : !deciding;
    }
    case "related": {
      const { from, to, table } = predicate.relation;
      const target = world.infos.find(({ name }) => name === table) as TableInfo;
      const found = (world.rows.get(table) ?? []).some(
        (other) =>
          from.every((column, index) => one[column] !== null && one[column] === other[to[index] ?? ""]) &&
          truth(world, target, predicate.of, other) === true,
      );
      return found === (predicate.quantifier === "some");
    }
    default:
      throw new Error(predicate.op);
  }
}

function meant(world: World, info: TableInfo, predicate: Predicate): number[] {
  const rows = world.rows.get(info.name) ?? [];
  const ids = rows.filter((one) => truth(world, info, predicate, one) === true).map(({ id }) => Number(id));
  return ids.sort((a, b) => a - b);
}

type Where = Record<string, unknown>;

/** A random condition on a table, across up to `left` relations. */
function condition(g: fc.GeneratorValue, info: TableInfo, left: number, size: number): Where {
  // A number rather than one of the values: fast-check compares what it is asked with all that it was asked before.
  const pick = <T>(all: readonly T[]): T => all[g(fc.nat, all.length - 1)] as T;
  const parts = [...Array(pick(size > 2 ? [1, 2, 3] : [0, 1, 1, 2]))].map((): Where => {
    const kind = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    if (kind < 2 && size > 0) {
      const branches = [...Array(pick([0, 1, 2, 2]))].map(() => condition(g, info, left, size - 1));
      return { [pick(["AND", "OR"])]: branches };
    }
    if (kind < 3 && size > 0) return { NOT: condition(g, info, left, size - 1) };
    const followed = [...info.relations.values()];
    if (kind < 8 && left > 0 && followed.length > 0) {
      const { name, kind: many, target } = pick(followed);
      const inner = condition(g, target(), left - 1, size - 1);
      return { [name]: many === "one" ? inner : { [pick(["some", "none"])]: inner } };
    }
    const name = pick(["id", "n", "m", "s", "at", "num"] as const);
    const value = pick(values[name]);
    if (value === null || kind === 9) return { [name]: value };
    return { [name]: { [pick(["exact", "ne", "in"])]: value } };
  });
  return Object.assign({}, ...parts.map(listed)) as Where;
}

/** `in` takes a list. */
function listed(part: Where): Where {
  return JSON.parse(JSON.stringify(part), (name, value: unknown) =>
    name === "in" && !Array.isArray(value) ? [value] : value,
  ) as Where;
}

/** Whether a result is neither nothing nor everything. */
function tells({ rows }: World, { name }: TableInfo, ids: readonly number[]): boolean {
  return ids.length > 0 && ids.length < (rows.get(name)?.length ?? 0);
}

function check(made: World, info: TableInfo, predicate: Predicate): readonly number[] {
  const expected = meant(made, info, predicate);
  const normal = normalize(predicate);
  expect(selected(made, info, predicate)).toEqual(expected);
  expect(meant(made, info, normal)).toEqual(expected);
  expect(selected(made, info, normal)).toEqual(expected);
  expect(canonical(normalize(normal))).toBe(canonical(normal));
  return expected;
}

/** Conditions on each table of a world. */
const conditions = 10;

test(
  "10,000 conditions across relations select in SQLite what the relations mean, row by row",
  () => {
    let cases = 0;
    let telling = 0;
    fc.assert(
      fc.property(world, fc.gen(), (plan, g) => {
        const made = makeWorld(plan);
        for (const info of made.infos.flatMap((info) => Array<TableInfo>(conditions).fill(info))) {
          const predicate = parseWhere(condition(g, info, 3, 4), scopeRules(info));
          const ids = check(made, info, predicate);
          check(made, info, { op: "not", of: predicate });
          // Another way to say the same in SQL.
          if (cases++ % 8 === 0) expect(selected(made, info, predicate, true)).toEqual(ids);
          const crosses = canonical(normalize(predicate)).includes('"from"');
          if (crosses && tells(made, info, ids)) telling++;
        }
        made.database.close();
      }),
      // To shrink a failure to the end would take longer than anybody waits.
      { numRuns: 350 * soak, interruptAfterTimeLimit: 120_000 * soak, markInterruptAsFailure: true },
    );
    expect(cases).toBeGreaterThanOrEqual(10_000 * soak);
    // Otherwise nothing would have been shown.
    expect(telling).toBeGreaterThan(500 * soak);
  },
  150_000 * soak,
);
