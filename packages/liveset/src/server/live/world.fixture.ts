import { type Column, sql } from "drizzle-orm";
import {
  blob,
  integer,
  primaryKey,
  real,
  type SQLiteColumnBuilderBase,
  sqliteTable,
  text,
} from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import type { Clock } from "../../core/clock.ts";
import type { WireRow } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { createRuntime } from "../create-runtime.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { makeContext } from "../make-context.ts";
import { bindList, bindRow } from "../operation/bind.ts";
import { fetchRows } from "../operation/fetch-rows.ts";
import { requestInfo } from "../request-info.ts";
import { type Resource, resource } from "../resource.ts";
import type { Runtime } from "../runtime.ts";
import type { Ask } from "./ask.ts";
import { createHub, type Hub } from "./create-hub.ts";

/** How a kind of column is declared, and the few values that rows and filters take, so that they often meet. */
const kinds = {
  text: { sql: "text", make: () => text(), values: ["a", "", "A", "ä", "1", "a%b", "😀a", "_"] },
  integer: { sql: "integer", make: () => integer(), values: [0, 1, 2, -1, 10, 9_007_199_254_740_991] },
  real: { sql: "real", make: () => real(), values: [0, 0.5, -1.5, 10, 1e300] },
  boolean: { sql: "integer", make: () => integer({ mode: "boolean" }), values: [false, true] },
  date: {
    sql: "integer",
    make: () => integer({ mode: "timestamp_ms" }),
    values: [new Date(0), new Date(1_700_000_000_123), new Date(-1)],
  },
  seconds: {
    sql: "integer",
    make: () => integer({ mode: "timestamp" }),
    values: [new Date(0), new Date(86_400_000)],
  },
  bigint: { sql: "blob", make: () => blob({ mode: "bigint" }), values: [0n, 12n, 2n ** 70n] },
  json: { sql: "text", make: () => text({ mode: "json" }), values: [{ a: [1, null] }, "x", [], 1] },
  bytes: {
    sql: "blob",
    make: () => blob({ mode: "buffer" }),
    values: [Buffer.from(""), Buffer.from([0, 255])],
  },
} as const satisfies Record<
  string,
  { sql: string; make: () => SQLiteColumnBuilderBase; values: readonly unknown[] }
>;

type Kind = keyof typeof kinds;

interface TablePlan {
  readonly key: "integer" | "text" | "both";
  readonly columns: readonly { readonly kind: Kind; readonly nullable: boolean }[];
  /** What becomes of a row whose parent in the table before is deleted; null for no parent. */
  readonly parent: "cascade" | "set null" | null;
}

const tablePlan: fc.Arbitrary<TablePlan> = fc.record({
  key: fc.constantFrom("integer", "text", "both"),
  columns: fc.array(
    fc.record({ kind: fc.constantFrom(...(Object.keys(kinds) as Kind[])), nullable: fc.boolean() }),
    { minLength: 1, maxLength: 4 },
  ),
  parent: fc.constantFrom(null, "cascade", "set null"),
});

/** Random tables, the same ones in every run, the simplest first. */
export function worldPlans(count: number): readonly (readonly TablePlan[])[] {
  const plans = fc.sample(fc.array(tablePlan, { minLength: 1, maxLength: 3 }), { numRuns: count, seed: 1 });
  return plans.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
}

/** A column as the cases use it. */
export interface WorldColumn {
  readonly name: string;
  readonly drizzle: Column;
  /** What a row may hold; null first where it may be null. */
  readonly values: readonly unknown[];
}

export interface WorldTable {
  readonly name: string;
  readonly table: ReturnType<typeof sqliteTable>;
  readonly columns: readonly WorldColumn[];
  readonly key: readonly string[];
}

/** Tables, a hub over them, and the question of what is true. */
export interface World {
  readonly tables: readonly WorldTable[];
  readonly resources: readonly string[];
  readonly runtime: Runtime;
  readonly hub: Hub;
  /** By resource and user: the condition that is the scope. Set by each case. */
  readonly scopes: Map<string, readonly (Record<string, unknown> | boolean)[]>;
  /** Warnings and errors that were logged. */
  readonly logged: readonly object[];
  /** What a list or a row is for a user, by a plain SELECT. */
  truth(user: number, ask: Ask): Promise<readonly WireRow[]>;
  close(): Promise<void>;
}

/** Makes a world in a file. */
export async function createWorld(plans: readonly TablePlan[], path: string, clock: Clock): Promise<World> {
  const database = sqlite(path);
  const scopes: World["scopes"] = new Map();
  const logged: object[] = [];
  const tables: WorldTable[] = [];
  const resources: Record<string, Resource> = {};
  for (const plan of plans) {
    const made = createTable(`t${tables.length}`, plan, tables.at(-1));
    await database.db.run(sql.raw(made.ddl));
    tables.push(made.table);
    const names = made.table.columns.map((column) => column.name);
    for (const [name, fields] of [
      ["all", names],
      ["part", names.slice(-1)],
    ] as const) {
      const resourceName = `${made.table.name}_${name}`;
      resources[resourceName] = resource(made.table.table, {
        fields,
        filters: fields,
        scope: ({ user }) => (scopes.get(resourceName)?.[Number(user?.id ?? 0)] ?? true) as boolean,
      });
    }
  }
  const runtime = createRuntime(defineApi(resources), {
    database,
    clock,
    limits: { burst: 1e9, heartbeat: 1e9 },
    authenticate: (request) => ({
      id: Number((request.headers.get("authorization") ?? "").slice("Bearer ".length)),
    }),
    log: {
      debug() {},
      info() {},
      warn: (fields) => logged.push(fields),
      error: (fields) => logged.push(fields),
    },
  });
  await database.open({ tables: [...runtime.resources.values()].map(({ info }) => info), log: runtime.log });
  const hub = createHub(runtime, { clock });
  return {
    tables,
    resources: Object.keys(resources),
    runtime,
    hub,
    scopes,
    logged,
    truth: (user, ask) => truth(runtime, user, ask),
    close: async () => {
      hub.close();
      await database.close();
    },
  };
}

async function truth(
  runtime: Runtime,
  id: number,
  { resource: name, key, query = {} }: Ask,
): Promise<readonly WireRow[]> {
  const found = runtime.resources.get(name) as CompiledResource;
  const request = requestInfo(new Request("http://test/"));
  const context = await makeContext(runtime, found, { user: { id }, request });
  const bound =
    key === undefined
      ? await bindList(runtime, found, context, query)
      : await bindRow(runtime, found, context, key, query);
  const rows = await fetchRows(runtime.database.db, { ...bound, limit: Number.POSITIVE_INFINITY }, "sqlite");
  return rows.map((row) => bound.projection.serialize(row));
}

function createTable(
  name: string,
  { key, columns, parent }: TablePlan,
  above: WorldTable | undefined,
): { readonly table: WorldTable; readonly ddl: string } {
  const builders: Record<string, SQLiteColumnBuilderBase> = {};
  const values = new Map<string, readonly unknown[]>();
  const ddl: string[] = [];
  const add = (column: string, kind: Kind, nullable: boolean, more = ""): void => {
    const { make, values: pool, sql: type } = kinds[kind];
    const builder = make();
    builders[column] = nullable ? builder : (builder.notNull() as SQLiteColumnBuilderBase);
    values.set(column, nullable ? [null, ...pool] : pool);
    ddl.push(`"${column}" ${type}${nullable ? "" : " not null"}${more}`);
  };
  const keys = key === "both" ? ["k1", "k2"] : ["id"];
  if (key !== "integer") add(keys[0] as string, "text", false);
  if (key !== "text") add(keys.at(-1) as string, "integer", false);
  for (const [i, column] of columns.entries()) add(`c${i}`, column.kind, column.nullable);
  const parentKey =
    above?.key.length === 1 ? above.columns.find((column) => column.name === above.key[0]) : undefined;
  if (parent !== null && above !== undefined && parentKey !== undefined) {
    const kind = typeof parentKey.values[0] === "string" ? "text" : "integer";
    add("parent", kind, true, ` references "${above.name}"("id") on delete ${parent} on update cascade`);
  }
  const table = sqliteTable(name, builders, (self) => [
    primaryKey({ columns: keys.map((column) => self[column]) as [never, ...never[]] }),
  ]);
  ddl.push(`primary key (${keys.join(", ")})`);
  return {
    ddl: `create table "${name}" (${ddl.join(", ")})`,
    table: {
      name,
      table,
      key: keys,
      columns: [...values].map(([column, pool]) => ({
        name: column,
        drizzle: (table as unknown as Record<string, Column>)[column] as Column,
        values: pool,
      })),
    },
  };
}
