import fc from "fast-check";
import type { Lookup } from "../../core/query/lookup.ts";
import { lookupsOfKind } from "../../core/query/lookups-of-kind.ts";
import type { TableInfo } from "../table/table-info.ts";

// A case is made of small numbers and says nothing of any table: whatever it is applied to takes each number modulo the
// number of choices. So cases shrink well, and any case fits any world.

/** A condition in numbers. */
export type WherePlan =
  | {
      readonly op: "leaf";
      readonly column: number;
      readonly lookup: number;
      readonly values: readonly [number, number];
    }
  | { readonly op: "AND" | "OR"; readonly of: readonly WherePlan[] }
  | { readonly op: "NOT"; readonly of: WherePlan };

export type StatementPlan =
  | { readonly do: "insert" | "replace"; readonly table: number; readonly values: readonly number[] }
  | {
      readonly do: "update";
      readonly table: number;
      readonly set: number;
      readonly value: number;
      readonly where: WherePlan | null;
    }
  | { readonly do: "delete"; readonly table: number; readonly where: WherePlan }
  | { readonly do: "savepoint"; readonly of: readonly StatementPlan[]; readonly rollback: boolean };

/** A subscription; with `key` to one row, else to a list. */
export interface SubscribePlan {
  readonly do: "subscribe";
  readonly client: number;
  readonly id: number;
  readonly resource: number;
  readonly where: WherePlan | null;
  readonly key: readonly number[] | null;
}

export type StepPlan =
  | {
      readonly do: "write";
      readonly by: "write" | "transaction" | "statements" | "another process";
      readonly of: readonly StatementPlan[];
      readonly rollback: boolean;
    }
  | SubscribePlan
  | { readonly do: "unsubscribe"; readonly client: number; readonly id: number }
  | { readonly do: "cut" | "connect"; readonly client: number }
  /** Lets everything that was begun come to its end. */
  | { readonly do: "settle" }
  | { readonly do: "become"; readonly client: number; readonly user: number };

export interface CasePlan {
  readonly world: number;
  /** What is there before the first step. */
  readonly rows: readonly StatementPlan[];
  /** For each resource and user; true or false for all or nothing. */
  readonly scopes: readonly (WherePlan | boolean)[];
  /** Subscriptions that are open before the first step. */
  readonly asks: readonly SubscribePlan[];
  readonly steps: readonly StepPlan[];
}

const small = fc.nat(7);
const { where } = fc.letrec<{ where: WherePlan }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({
      op: fc.constant("leaf" as const),
      column: small,
      lookup: fc.nat(13),
      values: fc.tuple(small, small),
    }),
    fc.record({
      op: fc.constantFrom("AND" as const, "OR" as const),
      of: fc.array(tie("where"), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ op: fc.constant("NOT" as const), of: tie("where") }),
  ),
}));

const table = fc.nat(2);
const values = fc.array(small, { maxLength: 7, size: "max" });
const plain = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("insert" as const, "replace" as const),
      table,
      values,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("update" as const),
      table,
      set: small,
      value: small,
      where: fc.option(where),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), table, where }) },
);
const { statement } = fc.letrec<{ statement: StatementPlan }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 6, arbitrary: plain },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("savepoint" as const),
        of: fc.array(tie("statement"), { maxLength: 3 }),
        rollback: fc.boolean(),
      }),
    },
  ),
}));

const row = fc.record({ do: fc.constant("insert" as const), table, values });
const client = fc.nat(2);
const subscribe: fc.Arbitrary<SubscribePlan> = fc.record({
  do: fc.constant("subscribe" as const),
  client,
  id: fc.nat(2),
  resource: fc.nat(5),
  where: fc.option(where, { freq: 2 }),
  key: fc.option(fc.array(small, { minLength: 2, maxLength: 2 }), { freq: 1 }),
});
const step: fc.Arbitrary<StepPlan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      by: fc.constantFrom(
        "write" as const,
        "transaction" as const,
        "statements" as const,
        "another process" as const,
      ),
      of: fc.array(statement, { minLength: 1, maxLength: 4 }),
      rollback: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
    }),
  },
  {
    weight: 4,
    arbitrary: subscribe,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), client, id: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), client }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("connect" as const), client }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("become" as const), client, user: fc.nat(2) }) },
);

/** Cases for so many worlds. */
export function casePlan(worlds: number): fc.Arbitrary<CasePlan> {
  const scope = fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 4, arbitrary: where },
    { weight: 1, arbitrary: fc.constant(false) },
  );
  return fc.record({
    world: fc.nat(worlds - 1),
    rows: fc.array(row, { maxLength: 24, size: "max" }),
    scopes: fc.array(scope, { maxLength: 6, size: "max" }),
    asks: fc.array(subscribe, { maxLength: 6, size: "max" }),
    steps: fc.array(step, { minLength: 1, maxLength: 24, size: "max" }),
  });
}

/** The choice that a number means. */
export function pick<T>(choices: readonly T[], number: number): T {
  return choices[number % choices.length] as T;
}

/** A condition in numbers as one on some columns of a table, in the form that users write. `values` are what they hold, as Drizzle has them. */
export function whereOf(
  plan: WherePlan,
  info: TableInfo,
  values: ReadonlyMap<string, readonly unknown[]>,
): Record<string, unknown> {
  if (plan.op === "NOT") return { NOT: whereOf(plan.of, info, values) };
  if (plan.op !== "leaf") return { [plan.op]: plan.of.map((part) => whereOf(part, info, values)) };
  const columns = [...info.columns.values()].filter(
    ({ name, kind }) => values.has(name) && lookupsOfKind(kind).size > 0,
  );
  const column = pick(columns, plan.column);
  const lookup: Lookup = pick([...lookupsOfKind(column.kind)], plan.lookup);
  const known = (values.get(column.name) ?? []).filter((value) => value !== null);
  const [a, b] = plan.values.map((value) => pick(known, value)).map((value) => column.toWire(value));
  if (lookup === "isnull") return { [column.name]: { isnull: plan.values[0] % 2 === 0 } };
  if (lookup === "in" || lookup === "range") return { [column.name]: { [lookup]: [a, b] } };
  return { [column.name]: lookup === "exact" ? a : { [lookup]: a } };
}
