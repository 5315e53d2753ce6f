import type { WireRow } from "../../../core/json.ts";
import { boom, type TableName, tableSpecs } from "./tables.fixture.ts";

/** A resource of the histories, as its declaration and the oracle both read it. */
export interface ResourceSpec {
  readonly table: TableName;
  /** Columns that are shown. */
  readonly fields: readonly string[];
  /** The one of them that is a marker: its letter. */
  readonly letter: string;
  /** Relations that its scope may cross. 0: memory can judge it. */
  readonly depth: number;
  /** Resources by the relations of which rows may be nested. */
  readonly nests: Readonly<Record<string, ResourceName>>;
  readonly computed: Readonly<Record<string, (row: WireRow) => string>>;
  /** The permission with the row, where there is one. */
  readonly may: ((principal: Principal | null, row: WireRow) => boolean) | null;
}

/** Who asks, with the rights of the moment in which that was found out. Null: nobody. */
export interface Principal {
  readonly id: number;
  /** Sees all, whatever the scope. */
  readonly admin: boolean;
  readonly level: number;
}

export const resourceNames = ["own", "fragile", "via", "permitted", "projects", "teams", "members"] as const;
export type ResourceName = (typeof resourceNames)[number];

const base = { depth: 3, nests: {}, computed: {}, may: null } as const;

export const resourceSpecs: Readonly<Record<ResourceName, ResourceSpec>> = {
  own: { ...base, table: "tasks", ...shown("tasks", "own"), depth: 0 },
  fragile: { ...base, table: "tasks", ...shown("tasks", "fragile"), depth: 0, computed: { loud } },
  via: { ...base, table: "tasks", ...shown("tasks", "via"), nests: { project: "projects" } },
  permitted: { ...base, table: "tasks", ...shown("tasks", "permitted"), depth: 1, may },
  projects: {
    ...base,
    table: "projects",
    ...shown("projects", "title"),
    nests: { tasks: "via", team: "teams" },
  },
  teams: {
    ...base,
    table: "teams",
    ...shown("teams", "note"),
    nests: { projects: "projects", members: "members" },
  },
  members: { ...base, table: "members", ...shown("members", "mark"), depth: 2 },
};

/** The resources whose markers have this letter. */
export function resourceOfLetter(letter: string): ResourceName | undefined {
  return resourceNames.find((name) => resourceSpecs[name].letter === letter);
}

/** Columns that are no markers. */
export function plainColumns(table: TableName): readonly string[] {
  return Object.entries(tableSpecs[table].columns).flatMap(([name, { type }]) =>
    type === "marker" ? [] : [name],
  );
}

function shown(table: TableName, marker: string): Pick<ResourceSpec, "fields" | "letter"> {
  const spec = tableSpecs[table].columns[marker];
  return { fields: [...plainColumns(table), marker], letter: spec?.type === "marker" ? spec.letter : "" };
}

function loud({ label }: WireRow): string {
  if (label === boom) throw new Error("the serializer cannot bear this label");
  return `${label}!`;
}

function may(principal: Principal | null, { rank, ownerId }: WireRow): boolean {
  if (principal === null) return false;
  return principal.level >= Number(rank ?? 2) || ownerId === principal.id;
}
