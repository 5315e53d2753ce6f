import { type SQL, sql } from "drizzle-orm";
import type { Json } from "../../../core/json.ts";
import type { StatementPlan } from "./plan.fixture.ts";
import { plainColumns } from "./resources.fixture.ts";
import { boom, pick, sqlName, type TableName, tableSpecs, type Value } from "./tables.fixture.ts";

/** SQL that SQLite and PostgreSQL both understand. Each `?` stands for a value, so that few texts have to be prepared. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Json[];
}

const tables: readonly TableName[] = [
  "tasks",
  "tasks",
  "tasks",
  "members",
  "projects",
  "projects",
  "teams",
  "members",
];

/** Gives texts that nothing else has. */
export type NextMarker = () => string;

/** How many rows a history may choose to begin with. */
export const seedRows = 96;

/** One of these rows. */
export function seedRow(number: number): StatementPlan {
  const values = [1, 3, 5, 7, 11, 13].map((factor, i) => ((number * factor) >> (i % 3)) % 8);
  const table = number < 64 ? 0 : number < 80 ? 3 : 4;
  return { do: "put", table, values, column: 0, by: 0, touch: true };
}

/** What is there in every history before its own rows: without parents most writes would be refused. */
export function seedSql(next: NextMarker): readonly Statement[] {
  const row = (table: TableName, ...values: readonly Json[]): Statement => {
    const columns = plainColumns(table).slice(0, values.length);
    return insertSql(
      table,
      columns.map((column, i) => [column, values[i] ?? null]),
      next,
    );
  };
  return [
    ...[1, 2, 3].map((id) => row("teams", id, id === 2 ? "b" : "a")),
    ...[1, 2, 3].map((id) => row("members", id, id, "reader")),
    row("members", 1, 2, "writer"),
    ...[1, 2, 3, 4].map((id) => row("projects", id, 1 + (id % 3), 1 + ((id + 1) % 3), id % 3)),
    ...[1, 2, 3].map((id) => row("tasks", id, id, id, id, false, "a")),
  ];
}

export function sqlOf(plan: StatementPlan, next: NextMarker): Statement {
  const table = pick(tables, plan.table);
  const { values, touch } = plan;
  switch (plan.do) {
    case "put":
      return putSql(table, plan, next);
    case "set":
      return setSql(table, plan, next);
    case "delete":
      return query`delete from ${table} where ${whereSql(table, plan)}`;
    case "rekey":
      return rekeySql(plan);
    case "fill":
      return fillSql(plan, next);
    case "clear":
      return query`delete from tasks where id ${touch ? "<" : ">"} ${value(10 + 4 * (values[0] ?? 0))}`;
    default:
      return plan.do satisfies never;
  }
}

export function drizzleOf({ text, values }: Statement): SQL {
  const [first = "", ...parts] = text.split("?").map((part) => sql.raw(part));
  return sql.join(
    [first, ...parts.flatMap((part, i) => [sql`${values[i]}`, part])].map((part) => sql`${part}`),
  );
}

/** For whoever reads it. */
export function inlined({ text, values }: Statement): string {
  const [first = "", ...parts] = text.split("?");
  return [first, ...parts.flatMap((part, i) => [JSON.stringify(values[i] ?? null), part])].join("");
}

/** Strings are put in as they are. */
function query(texts: TemplateStringsArray, ...parts: readonly (string | Statement)[]): Statement {
  const [first = "", ...others] = texts;
  const statements = parts.map((part) => (typeof part === "string" ? { text: part, values: [] } : part));
  return {
    text: first + others.map((text, i) => `${statements[i]?.text}${text}`).join(""),
    values: statements.flatMap(({ values }) => values),
  };
}

function value(value: Json): Statement {
  return { text: "?", values: [value] };
}

function joined(parts: readonly Statement[], between: string): Statement {
  return {
    text: parts.map(({ text }) => text).join(between),
    values: parts.flatMap(({ values }) => values),
  };
}

function putSql(table: TableName, { values }: StatementPlan, next: NextMarker): Statement {
  const { key } = tableSpecs[table];
  const columns = plainColumns(table);
  const row = columns.map((column, i) => [column, valueIn(table, column, values[i] ?? 0)] as const);
  const updates = Object.keys(tableSpecs[table].columns)
    .filter((column) => !key.includes(column))
    .map((column) => `${sqlName(column)} = excluded.${sqlName(column)}`);
  return query`${insertSql(table, row, next)} on conflict (${key.map(sqlName).join(", ")}) do update set ${updates.join(", ")}`;
}

function insertSql(table: TableName, row: readonly (readonly [string, Json])[], next: NextMarker): Statement {
  const [[, id] = ["", null]] = row;
  const markers = markersOf(table, next).map(([column, before, after]) => [column, `${before}${id}${after}`]);
  const written = [...row, ...markers] as readonly (readonly [string, Json])[];
  const names = written.map(([column]) => sqlName(column)).join(", ");
  return query`insert into ${table} (${names}) values (${joined(
    written.map(([, each]) => value(each)),
    ", ",
  )})`;
}

function setSql(table: TableName, plan: StatementPlan, next: NextMarker): Statement {
  const { key } = tableSpecs[table];
  const settable = plainColumns(table).filter((column) => !key.includes(column));
  const column = pick(settable, plan.column);
  const set = query`${sqlName(column)} = ${value(valueIn(table, column, plan.values[0] ?? 0))}`;
  const touched = plan.touch ? markersOf(table, next) : [];
  const id = table === "members" ? "user_id" : "id";
  const marked = touched.map(([name, ...around]) => query`${sqlName(name)} = ${markerSql(id, around)}`);
  return query`update ${table} set ${joined([set, ...marked], ", ")} where ${whereSql(table, plan)}`;
}

/** Most often one row, or the rows of a parent or an owner; now and then all. */
function whereSql(table: TableName, { by, values, column }: StatementPlan): Statement {
  const { key } = tableSpecs[table];
  if (by === 7 && column > 3) return query`true`;
  const found = by < 4 ? key : [pick(plainColumns(table), by)];
  const tests = found.map((name, i) => {
    const wanted = valueIn(table, name, values[i + 1] ?? 0);
    return wanted === null ? query`${sqlName(name)} is null` : query`${sqlName(name)} = ${value(wanted)}`;
  });
  return joined(tests, " and ");
}

function rekeySql({ values, table }: StatementPlan): Statement {
  const [from = 0, to = 0] = values;
  const name = pick(["tasks", "projects"] as const, table);
  return query`update ${name} set id = ${value(valueIn(name, "id", to))} where id = ${value(valueIn(name, "id", from))}`;
}

/** Many rows at once: more than a window's look-ahead. */
function fillSql({ values, touch }: StatementPlan, next: NextMarker): Statement {
  const [project = 0, owner = 0, count = 0] = values;
  const markers = markersOf("tasks", next);
  const names = ["id", "project_id", "owner_id", "rank", "done", ...markers.map(([name]) => sqlName(name))];
  const row = [
    query`i`,
    value(valueIn("tasks", "projectId", project)),
    value(valueIn("tasks", "ownerId", owner)),
    query`i % 4`,
    value(touch),
    ...markers.map(([, ...around]) => markerSql("i", around)),
  ];
  return query`insert into tasks (${names.join(", ")}) with recursive n(i) as (select 11 union all select i + 1 from n where i < ${value(20 + 4 * count)}) select ${joined(row, ", ")} from n where true on conflict (id) do nothing`;
}

/** The columns that are markers, with what stands in them before and after a row's id. */
function markersOf(
  table: TableName,
  next: NextMarker,
): readonly (readonly [column: string, before: string, after: string])[] {
  return Object.entries(tableSpecs[table].columns).flatMap(([name, spec]) =>
    spec.type === "marker" ? [[name, `~${spec.letter}`, `.${next()}~`] as const] : [],
  );
}

/** @param id SQL that tells the rows of one statement apart */
function markerSql(id: string, [before, after]: readonly [string, string]): Statement {
  return query`'${before}' || ${id} || ${value(after)}`;
}

function valueIn(table: TableName, column: string, number: number): Json {
  const spec = tableSpecs[table].columns[column];
  if (spec === undefined || spec.type === "marker") throw new TypeError(`${column} has no values.`);
  if (column === "label" && table === "tasks" && number === 7) return boom;
  return pick(
    spec.values.filter((each: Value) => each !== "user"),
    number,
  );
}
