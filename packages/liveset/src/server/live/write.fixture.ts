import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type SQL, sql } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { lookupsOfKind } from "../../core/query/lookups-of-kind.ts";
import { normalize } from "../../core/query/normalize.ts";
import { parseOperand } from "../../core/query/operand.ts";
import { parseWhere } from "../../core/query/parse-where.ts";
import { printPredicate } from "../database/print-predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import { pick, type StatementPlan, type StepPlan, type WherePlan, whereOf } from "./case.fixture.ts";
import type { World, WorldColumn, WorldTable } from "./world.fixture.ts";

/** Runs SQL somewhere, in the transaction or savepoint that is open there. */
interface Executor {
  run(statement: SQL): Promise<void>;
  /** Runs work in a transaction, or in a savepoint where one is open already; undone where it throws. */
  nested(work: (inner: Executor) => Promise<void>): Promise<void>;
}

class Undo extends Error {}

/** Does a write of a case; what the database refuses is refused, statement by statement. */
export async function write(
  world: World,
  other: DatabaseSync,
  step: StepPlan & { do: "write" },
): Promise<void> {
  const { database } = world.runtime;
  const work = async (executor: Executor): Promise<void> => {
    await statements(world, executor, step.of);
    if (step.rollback) throw new Undo();
  };
  try {
    if (step.by === "statements")
      await statements(
        world,
        { ...throughDb(database.db), nested: async (inner) => inner(throughDb(database.db)) },
        step.of,
      );
    else if (step.by === "transaction") await throughDb(database.db).nested(work);
    else if (step.by === "another process") await throughOther(other).nested(work);
    else {
      await database.write(async (db) => {
        await work(throughDb(db));
        return null;
      });
    }
  } catch (thrown) {
    if (!(thrown instanceof Undo)) throw thrown;
  }
}

async function statements(world: World, executor: Executor, plans: readonly StatementPlan[]): Promise<void> {
  for (const plan of plans) {
    try {
      if (plan.do === "savepoint") {
        await executor.nested(async (inner) => {
          await statements(world, inner, plan.of);
          if (plan.rollback) throw new Undo();
        });
      } else await executor.run(statementOf(world, plan));
    } catch (thrown) {
      // Unique, not null, foreign key: a refused statement leaves the transaction open, and nothing else behind.
      if (!(thrown instanceof Undo) && !/constraint|unique|foreign/i.test(describe(thrown))) throw thrown;
    }
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.message} ${describe(thrown.cause)}` : String(thrown);
}

function statementOf(world: World, plan: Exclude<StatementPlan, { do: "savepoint" }>): SQL {
  const table = pick(world.tables, plan.table);
  const name = sql.identifier(table.name);
  const where = (condition: WherePlan | null): SQL =>
    condition === null ? sql`1` : conditionOf(world, table, condition);
  switch (plan.do) {
    case "insert":
    case "replace": {
      const verb = sql.raw(plan.do === "insert" ? "insert" : "insert or replace");
      const names = table.columns.map((column) => sql.identifier(column.name));
      const values = table.columns.map((column, i) => valueIn(column, plan.values[i] ?? 0));
      return sql`${verb} into ${name} (${sql.join(names, sql`, `)}) values (${sql.join(values, sql`, `)})`;
    }
    case "update": {
      const column = pick(table.columns, plan.set);
      return sql`update ${name} set ${sql.identifier(column.name)} = ${valueIn(column, plan.value)} where ${where(plan.where)}`;
    }
    case "delete":
      return sql`delete from ${name} where ${where(plan.where)}`;
    default:
      return plan satisfies never;
  }
}

function valueIn(column: WorldColumn, number: number): SQL {
  const value = pick(column.values, number);
  return value === null ? sql`null` : sql`${sql.param(value, column.drizzle as never)}`;
}

function conditionOf(world: World, table: WorldTable, plan: WherePlan): SQL {
  const info = infoOf(world, table);
  const predicate = parseWhere(whereOn(table, info, plan), {
    columns: info.columns,
    allowed: (column) => lookupsOfKind(info.columns.get(column)?.kind ?? "opaque"),
    operand: parseOperand,
    limits: null,
  });
  return printPredicate(normalize(predicate), info, "sqlite");
}

/** A condition in numbers as one on a table of the world, or on the columns of it that are named. */
export function whereOn(
  table: WorldTable,
  info: TableInfo,
  plan: WherePlan,
  columns: readonly string[] = table.columns.map(({ name }) => name),
): Record<string, unknown> {
  const values = table.columns
    .filter(({ name }) => columns.includes(name))
    .map((column) => [column.name, column.values] as const);
  return whereOf(plan, info, new Map(values));
}

export function infoOf(world: World, table: WorldTable): TableInfo {
  const found = world.runtime.resources.get(`${table.name}_all`);
  if (found === undefined) throw new TypeError(`No resource shows ${table.name}.`);
  return found.info;
}

function throughDb(db: Db): Executor {
  return {
    run: async (statement) => {
      await db.run(statement);
    },
    nested: (work) => db.transaction((inner) => work(throughDb(inner))),
  };
}

function throughOther(other: DatabaseSync, depth = 0): Executor {
  const dialect = new SQLiteSyncDialect();
  const [begin, commit, rollback] =
    depth === 0
      ? ["begin immediate", "commit", "rollback"]
      : [`savepoint s${depth}`, `release s${depth}`, `rollback to s${depth}; release s${depth}`];
  return {
    run: async (statement) => {
      const query = dialect.sqlToQuery(statement);
      other.prepare(query.sql).run(...(query.params as SQLInputValue[]));
    },
    nested: async (work) => {
      other.exec(begin);
      try {
        await work(throughOther(other, depth + 1));
        other.exec(commit);
      } catch (thrown) {
        other.exec(rollback);
        throw thrown;
      }
    },
  };
}
