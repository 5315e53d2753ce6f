import fc from "fast-check";
import type { ConditionPlan } from "./condition.fixture.ts";
import { describeHistory } from "./describe.fixture.ts";
import type {
  AskPlan,
  HistoryPlan,
  NestedPlan,
  StatementPlan,
  StepPlan,
  Weights,
  WishPlan,
} from "./plan.fixture.ts";
import { seedRows } from "./statement.fixture.ts";

const small = fc.nat(7);
const client = fc.nat(2);
const id = fc.nat(2);
const user = fc.integer({ min: 1, max: 3 });
const { condition } = fc.letrec<{ condition: ConditionPlan }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: "medium", withCrossShrink: true },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant("leaf" as const), column: small, lookup: small, value: small }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant("related" as const),
        relation: fc.nat(1),
        none: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
        of: tie("condition"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom("AND" as const, "OR" as const),
        of: fc.array(tie("condition"), { minLength: 1, maxLength: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("NOT" as const), of: tie("condition") }) },
  ),
}));

const statement: fc.Arbitrary<StatementPlan> = fc.record({
  do: fc.oneof(
    { weight: 6, arbitrary: fc.constant("put" as const) },
    { weight: 8, arbitrary: fc.constant("set" as const) },
    { weight: 3, arbitrary: fc.constant("delete" as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom("rekey" as const, "fill" as const, "clear" as const, "clear" as const),
    },
  ),
  table: small,
  values: fc.array(small, { minLength: 6, maxLength: 6 }),
  column: small,
  by: small,
  touch: fc.boolean(),
});
const orderBy = fc.array(fc.nat(23), { maxLength: 2 });
const fields = fc.option(fc.nat(255), { freq: 2 });
const nested = (inner: fc.Arbitrary<NestedPlan | null>): fc.Arbitrary<NestedPlan> =>
  fc.record({
    relation: fc.nat(1),
    fields,
    orderBy,
    limit: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 2 }),
    inner,
  });
const ask: fc.Arbitrary<AskPlan> = fc.record({
  resource: fc.nat(11),
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constant("list" as const) },
    { weight: 1, arbitrary: fc.constant("count" as const) },
    { weight: 1, arbitrary: fc.constant("retrieve" as const) },
  ),
  key: small,
  where: fc.option(condition, { freq: 2 }),
  orderBy,
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }),
  total: fc.boolean(),
  fields,
  nested: fc.option(nested(fc.option(nested(fc.constant(null)), { freq: 2 })), { freq: 2 }),
});
const wish: fc.Arbitrary<WishPlan> = fc.record({
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant("patch" as const) },
    { weight: 2, arbitrary: fc.constant("create" as const) },
    { weight: 1, arbitrary: fc.constantFrom("delete" as const, "bulk" as const) },
  ),
  resource: fc.nat(2),
  key: small,
  values: fc.array(small, { minLength: 3, maxLength: 3 }),
});
const write = {
  by: fc.constantFrom("another process" as const, "transaction" as const, "statements" as const),
  of: fc.array(statement, { minLength: 1, maxLength: 4 }),
  rollback: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
};

type Steps = { readonly [K in StepPlan["do"]]: fc.Arbitrary<StepPlan & { do: K }> };

const kind = <K extends StepPlan["do"]>(name: K): fc.Arbitrary<K> => fc.constant(name);
const steps: Steps = {
  write: fc.record({ do: kind("write"), ...write }),
  subscribe: fc.record({ do: kind("subscribe"), client, ask }),
  unsubscribe: fc.record({ do: kind("unsubscribe"), client, id }),
  grow: fc.record({ do: kind("grow"), client, id }),
  request: fc.record({ do: kind("request"), client, wish }),
  repeat: fc.record({ do: kind("repeat"), client }),
  rest: fc.record({ do: kind("rest"), user, wish }),
  cut: fc.record({
    do: kind("cut"),
    client,
    to: fc.constantFrom("client" as const, "server" as const),
    after: fc.nat(4),
  }),
  connect: fc.record({ do: kind("connect"), client }),
  hold: fc.record({ do: kind("hold"), client }),
  release: fc.record({ do: kind("release"), client }),
  restart: fc.record({
    do: kind("restart"),
    reopen: fc.boolean(),
    meanwhile: fc.array(statement, { maxLength: 3 }),
  }),
  become: fc.record({ do: kind("become"), client, user: fc.nat(3), short: fc.boolean() }),
  flip: fc.record({ do: kind("flip"), user, what: fc.constantFrom("admin" as const, "level" as const) }),
  break: fc.record({ do: kind("break"), user, resource: fc.nat(6) }),
  revoke: fc.record({ do: kind("revoke"), user }),
  wait: fc.record({ do: kind("wait"), ms: fc.integer({ min: 1, max: 2_000 }) }),
  prune: fc.record({ do: kind("prune") }),
  settle: fc.record({ do: kind("settle") }),
  turn: fc.record({ do: kind("turn"), count: fc.integer({ min: 1, max: 4 }) }),
};

/** Histories in so many worlds. */
export function historyPlan(worlds: number, weights: Weights): fc.Arbitrary<HistoryPlan> {
  const step = fc.oneof(
    ...Object.entries(weights).map(([name, weight]) => ({
      weight,
      arbitrary: steps[name as StepPlan["do"]] as fc.Arbitrary<StepPlan>,
    })),
  );
  const plan = fc.record({
    world: fc.nat(worlds - 1),
    lag: fc.nat(2),
    filled: fc.option(
      statement.map((plan) => ({ ...plan, do: "fill" as const })),
      { freq: 2 },
    ),
    rows: fc.array(fc.nat(seedRows - 1), { maxLength: 10, size: "max" }),
    scopes: fc.array(
      fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 5, arbitrary: condition }),
      {
        minLength: 7,
        maxLength: 7,
      },
    ),
    asks: fc.array(fc.record({ client, ask }), { maxLength: 9, size: "max" }),
    steps: fc.array(step, { minLength: 1, maxLength: 18, size: "max" }),
  });
  // What fast-check prints of a failure.
  return plan
    .map(opened)
    .map((history) =>
      Object.defineProperty(history, fc.toStringMethod, { value: () => `\n${describeHistory(history)}\n` }),
    );
}

/** Where there are many rows, one resource shows them all: else few windows would have any behind their look-ahead. */
function opened(history: HistoryPlan): HistoryPlan {
  return history.filled === null ? history : { ...history, scopes: [true, ...history.scopes.slice(1)] };
}
