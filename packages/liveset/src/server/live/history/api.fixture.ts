import { sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { action } from "../../action.ts";
import type { Api } from "../../api.ts";
import type { Context } from "../../context.ts";
import { defineApi } from "../../define-api.ts";
import { type AnyResourceOptions, type Resource, resource } from "../../resource.ts";
import type { Condition } from "./condition.fixture.ts";
import { whereOf } from "./condition.fixture.ts";
import type { DrizzleTables, HistoryDatabase } from "./database.fixture.ts";
import type { Scopes } from "./oracle.fixture.ts";
import {
  type Principal,
  plainColumns,
  type ResourceName,
  resourceNames,
  resourceSpecs,
} from "./resources.fixture.ts";
import type { Rights } from "./rights.fixture.ts";
import { type TableName, tableSpecs } from "./tables.fixture.ts";

/** How many relations a caller's filter may cross. */
const filterDepth = 2;

/** The API of all histories. `scopes` gives those of the one that is being played. */
export function historyApi(
  { tables, schema, run }: HistoryDatabase,
  rights: Rights,
  scopes: () => Scopes,
): Api {
  const resources = resourceNames.map((name): [string, Resource] => {
    const { table, fields, depth, nests, computed, may } = resourceSpecs[name];
    const options = {
      model: name,
      schema,
      fields,
      computed,
      filters: filtersOf(table, Math.min(depth, filterDepth)),
      orderBy: plainColumns(table),
      with: Object.fromEntries(Object.entries(nests).map(([relation, resource]) => [relation, { resource }])),
      scope: (context: Context) => scopeOf(name, principalOf(context), scopes()[name], rights),
      ...(may === null
        ? {}
        : {
            permissions: {
              retrieve: (context: Context, row: object) => may(principalOf(context), row as never),
            },
          }),
      ...writing(name, tables, run),
    };
    return [name, resource(tables[table] as never, options as unknown as AnyResourceOptions as never)];
  });
  return defineApi(Object.fromEntries(resources));
}

/** The principal that `Rights.authenticate` gave. */
function principalOf({ user }: Pick<Context, "user">): Principal | null {
  return user as Principal | null;
}

function scopeOf(
  resource: ResourceName,
  principal: Principal | null,
  condition: Condition | true,
  rights: Rights,
): Record<string, unknown> | true {
  const user = principal?.id ?? 0;
  if (rights.isBroken(user, resource)) throw new Error(`the scope of ${resource} is broken for ${user}`);
  return condition === true || principal?.admin === true ? true : whereOf(condition, user);
}

function filtersOf(table: TableName, depth: number): readonly string[] {
  const own = plainColumns(table);
  if (depth === 0) return own;
  const further = Object.entries(tableSpecs[table].relations).flatMap(([name, { to }]) =>
    filtersOf(to, depth - 1).map((path) => `${name}.${path}`),
  );
  return [...own, ...further];
}

/** Each write of a task leaves its mark in a table of its own, in the same transaction. */
function writing(
  name: ResourceName,
  { tasks, audit }: DrizzleTables["tables"],
  run: HistoryDatabase["run"],
): object {
  if (resourceSpecs[name].table !== "tasks") return {};
  const note = async ({ db }: Context, row: Record<string, unknown>): Promise<void> => {
    await db.insert(audit as SQLiteTable).values({ mark: row[name] } as never);
  };
  return {
    check: () => true,
    hooks: { afterCreate: note, afterUpdate: note },
    actions: {
      /** Every task of an owner gets another label: many rows in one write. */
      bulk: action(tasks, {
        detail: false,
        input: z.object({ owner: z.number(), label: z.string(), mark: z.string() }),
        run: async ({ db, input }) => {
          await run(db, sql`update tasks set label = ${input.label} where owner_id = ${input.owner}`);
          await db.insert(audit as SQLiteTable).values({ mark: input.mark } as never);
          return { done: true };
        },
      }),
    },
  };
}
