import type { WireRow } from "../../../core/json.ts";

/** What a column of the histories' tables holds. A marker is a text that no other row, and no other version of its row, has. */
export type ColumnSpec =
  | { readonly type: "id" | "integer" | "boolean" | "text"; readonly values: readonly Value[] }
  | { readonly type: "marker"; readonly letter: string };

/** A value of a column; `user` is the number of whoever asks. */
export type Value = string | number | boolean | null | "user";

/** A way to rows of another table. */
export interface RelationSpec {
  readonly to: TableName;
  readonly many: boolean;
  /** Of this table, and of the other. */
  readonly on: readonly [string, string];
}

export interface TableSpec {
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly relations: Readonly<Record<string, RelationSpec>>;
}

const users: readonly Value[] = ["user", 1, 2, 3];
const marker = (letter: string): ColumnSpec => ({ type: "marker", letter });

/**
 * The tables: tasks in projects of teams, whose members are users. Each resource shows a marker of its own, so that a marker in
 * a frame tells by which resource its receiver may have got it.
 */
const specs = {
  teams: {
    key: ["id"],
    columns: {
      id: { type: "id", values: [1, 2, 3] },
      label: { type: "text", values: ["a", "b", null] },
      note: marker("t"),
    },
    relations: {
      members: { to: "members", many: true, on: ["id", "teamId"] },
      projects: { to: "projects", many: true, on: ["id", "teamId"] },
    },
  },
  members: {
    key: ["teamId", "userId"],
    columns: {
      teamId: { type: "id", values: [1, 2, 3] },
      userId: { type: "id", values: users },
      role: { type: "text", values: ["reader", "writer"] },
      mark: marker("m"),
    },
    relations: { team: { to: "teams", many: false, on: ["teamId", "id"] } },
  },
  projects: {
    key: ["id"],
    columns: {
      id: { type: "id", values: [1, 2, 3, 4] },
      teamId: { type: "integer", values: [1, 2, 3, null] },
      ownerId: { type: "integer", values: [...users, null] },
      rank: { type: "integer", values: [0, 1, 2, null] },
      title: marker("p"),
    },
    relations: {
      team: { to: "teams", many: false, on: ["teamId", "id"] },
      tasks: { to: "tasks", many: true, on: ["id", "projectId"] },
    },
  },
  tasks: {
    key: ["id"],
    columns: {
      id: { type: "id", values: [1, 2, 3, 4, 5, 6] },
      projectId: { type: "integer", values: [1, 2, 3, 4, null] },
      ownerId: { type: "integer", values: [...users, null] },
      rank: { type: "integer", values: [0, 1, 2, 3, null] },
      done: { type: "boolean", values: [false, true] },
      label: { type: "text", values: ["a", "b", null] },
      own: marker("o"),
      via: marker("v"),
      permitted: marker("q"),
      fragile: marker("f"),
      secret: marker("x"),
    },
    relations: { project: { to: "projects", many: false, on: ["projectId", "id"] } },
  },
} as const satisfies Record<string, Omit<TableSpec, "relations"> & { readonly relations: object }>;

export type TableName = "teams" | "members" | "projects" | "tasks";

/** Parents before their children. */
export const tableNames: readonly TableName[] = ["teams", "members", "projects", "tasks"];

export const tableSpecs: Readonly<Record<TableName, TableSpec>> = specs;

/** The column's name in the database. */
export function sqlName(column: string): string {
  return column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Selects all rows with the names that they have on the wire. */
export function selectOf(table: TableName): string {
  const columns = Object.keys(tableSpecs[table].columns).map((name) => `${sqlName(name)} as "${name}"`);
  return `select ${columns.join(", ")} from ${table}`;
}

/** A label that the computed field of the resource `fragile` cannot bear. */
export const boom = "boom";

/** Finds markers in a text; the first group is the letter of their column. */
export const markers: RegExp = /~([a-z])[^~]*~/g;

export type Rows = ReadonlyMap<string, WireRow>;

/** All rows at a moment. Never changed: the next moment has tables of its own, and shares what is the same. */
export type Tables = Readonly<Record<TableName, Rows>>;

/** The text of a row's key. */
export function keyOf(table: TableName, row: WireRow): string {
  return tableSpecs[table].key.map((column) => String(row[column])).join("/");
}

export function isTable(name: string): name is TableName {
  return Object.hasOwn(tableSpecs, name);
}

/** The choice that a number means. */
export function pick<T>(choices: readonly T[], number: number): T {
  return choices[number % choices.length] as T;
}
