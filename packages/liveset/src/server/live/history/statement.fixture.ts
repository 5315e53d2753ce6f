import type { StatementPlan } from "./plan.fixture.ts";
import { plainColumns } from "./resources.fixture.ts";
import { boom, pick, sqlName, type TableName, tableSpecs, type Value } from "./tables.fixture.ts";

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

/** One of these rows. They are always the same, so that the database need not prepare them for each history. */
export function seedRow(number: number): StatementPlan {
  const values = [1, 3, 5, 7, 11, 13].map((factor, i) => ((number * factor) >> (i % 3)) % 8);
  const table = number < 64 ? 0 : number < 80 ? 3 : 4;
  return { do: "put", table, values, column: 0, by: 0, touch: true };
}

/** What is there in every history before its own rows: without parents most writes would be refused. */
export function seedSql(next: NextMarker): readonly string[] {
  const row = (table: TableName, id: number, values: readonly (number | string)[]): string => {
    const columns = plainColumns(table).slice(0, values.length).map(sqlName);
    const written = markersOf(table, `${id}`, next);
    const names = [...columns, ...written.map(([name]) => name)].join(", ");
    return `insert into ${table} (${names}) values (${[...values, ...written.map(([, value]) => value)].join(", ")})`;
  };
  return [
    ...[1, 2, 3].map((id) => row("teams", id, [id, id === 2 ? "'b'" : "'a'"])),
    ...[1, 2, 3].map((id) => row("members", id, [id, id, "'reader'"])),
    row("members", 4, [1, 2, "'writer'"]),
    ...[1, 2, 3, 4].map((id) => row("projects", id, [id, 1 + (id % 3), 1 + ((id + 1) % 3), id % 3])),
    ...[1, 2, 3].map((id) => row("tasks", id, [id, id, id, id, "false", "'a'"])),
  ];
}

/** A statement as SQL that SQLite and PostgreSQL both understand. */
export function sqlOf(plan: StatementPlan, next: NextMarker): string {
  const table = pick(tables, plan.table);
  switch (plan.do) {
    case "put":
      return putSql(table, plan, next);
    case "set":
      return setSql(table, plan, next);
    case "delete":
      return `delete from ${table} where ${whereSql(table, plan)}`;
    case "rekey":
      return rekeySql(plan);
    case "fill":
      return fillSql(plan, next);
    case "clear":
      return `delete from tasks where id ${plan.touch ? "<" : ">"} ${10 + 4 * (plan.values[0] ?? 0)}`;
    default:
      return plan.do satisfies never;
  }
}

function putSql(table: TableName, { values }: StatementPlan, next: NextMarker): string {
  const { key } = tableSpecs[table];
  const plain = plainColumns(table);
  const row = plain.map((column, i) => [sqlName(column), valueIn(table, column, values[i] ?? 0)] as const);
  const written = [...row, ...markersOf(table, row.find(([name]) => name === "id")?.[1] ?? "''", next)];
  const names = written.map(([name]) => name).join(", ");
  const others = written.filter(([name]) => !key.map(sqlName).includes(name));
  const updates = others.map(([name]) => `${name} = excluded.${name}`).join(", ");
  return `insert into ${table} (${names}) values (${written.map(([, value]) => value).join(", ")}) on conflict (${key.map(sqlName).join(", ")}) do update set ${updates}`;
}

function setSql(table: TableName, plan: StatementPlan, next: NextMarker): string {
  const { key } = tableSpecs[table];
  const settable = plainColumns(table).filter((column) => !key.includes(column));
  const column = pick(settable, plan.column);
  const set = [[sqlName(column), valueIn(table, column, plan.values[0] ?? 0)] as const];
  const touched = plan.touch ? markersOf(table, table === "members" ? "user_id" : "id", next) : [];
  const sets = [...set, ...touched].map(([name, value]) => `${name} = ${value}`).join(", ");
  return `update ${table} set ${sets} where ${whereSql(table, plan)}`;
}

/** Most often one row, or the rows of a parent or an owner; now and then all. */
function whereSql(table: TableName, { by, values, column }: StatementPlan): string {
  const { key } = tableSpecs[table];
  if (by === 7 && column > 3) return "true";
  const found = by < 4 ? key : [pick(plainColumns(table), by)];
  const tests = found.map((name, i) => [sqlName(name), valueIn(table, name, values[i + 1] ?? 0)] as const);
  return tests
    .map(([name, value]) => (value === "null" ? `${name} is null` : `${name} = ${value}`))
    .join(" and ");
}

function rekeySql({ values, table }: StatementPlan): string {
  const [from = 0, to = 0] = values;
  const name = pick(["tasks", "projects"] as const, table);
  return `update ${name} set id = ${valueIn(name, "id", to)} where id = ${valueIn(name, "id", from)}`;
}

/** Many rows at once: more than a window's look-ahead. */
function fillSql({ values, touch }: StatementPlan, next: NextMarker): string {
  const [project = 0, owner = 0, count = 0] = values;
  const markers = markersOf("tasks", "i", next);
  const names = ["id", "project_id", "owner_id", "rank", "done", ...markers.map(([name]) => name)];
  const row = [
    "i",
    valueIn("tasks", "projectId", project),
    valueIn("tasks", "ownerId", owner),
    "i % 4",
    touch ? "true" : "false",
    ...markers.map(([, value]) => value),
  ];
  return `insert into tasks (${names.join(", ")}) with recursive n(i) as (select 11 union all select i + 1 from n where i < ${20 + 4 * count}) select ${row.join(", ")} from n where true on conflict (id) do nothing`;
}

/** @param id SQL that tells the rows of one statement apart */
function markersOf(table: TableName, id: string, next: NextMarker): readonly (readonly [string, string])[] {
  return Object.entries(tableSpecs[table].columns).flatMap(([name, spec]) =>
    spec.type === "marker" ? [[sqlName(name), `'~${spec.letter}' || ${id} || '.${next()}~'`] as const] : [],
  );
}

function valueIn(table: TableName, column: string, number: number): string {
  const spec = tableSpecs[table].columns[column];
  if (spec === undefined || spec.type === "marker") throw new TypeError(`${column} has no values.`);
  const known: readonly Value[] = spec.values.filter((value) => value !== "user");
  if (column === "label" && table === "tasks" && number === 7) return `'${boom}'`;
  const value = pick(known, number);
  return typeof value === "string" ? `'${value}'` : String(value);
}
