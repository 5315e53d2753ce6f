import { askOf, wireAsk } from "./ask.fixture.ts";
import { conditionOn, whereOf } from "./condition.fixture.ts";
import type { HistoryPlan, StatementPlan, StepPlan } from "./plan.fixture.ts";
import { resourceNames, resourceSpecs } from "./resources.fixture.ts";
import { inlined, seedRow, sqlOf } from "./statement.fixture.ts";
import { pick } from "./tables.fixture.ts";

/** A history as a text that one can read. In conditions 9 stands for whoever asks. */
export function describeHistory({ world, lag, rows, filled, scopes, asks, steps }: HistoryPlan): string {
  const text = (value: unknown): string => JSON.stringify(value);
  const scoped = resourceNames.map((name, i) => {
    const plan = pick(scopes, i);
    const { table, depth } = resourceSpecs[name];
    return `  ${name}: ${text(typeof plan === "boolean" ? plan : whereOf(conditionOn(table, plan, depth), 9))}`;
  });
  const asked = asks.map(({ client, ask }) => `  client ${client}: ${text(wireAsk(askOf(ask, 9)))}`);
  return [
    `world ${world}, lag ${lag}`,
    "rows:",
    ...rows.map((row) => `  ${statement(seedRow(row))}`),
    ...(filled === null ? [] : [`  ${statement(filled)}`]),
    "scopes:",
    ...scoped,
    "asks:",
    ...asked,
    "steps:",
    ...steps.map((step, i) => `  ${i + 1}. ${describeStep(step)}`),
  ].join("\n");
}

function describeStep(step: StepPlan): string {
  const { do: what, ...rest } = step;
  if (step.do === "write")
    return `write by ${step.by}${step.rollback ? ", rolled back" : ""}: ${step.of.map(statement).join("; ")}`;
  if (step.do === "restart")
    return `restart${step.reopen ? " with the database" : ""}, meanwhile: ${step.meanwhile.map(statement).join("; ")}`;
  if (step.do === "subscribe")
    return `subscribe: client ${step.client}: ${JSON.stringify(wireAsk(askOf(step.ask, 9)))}`;
  return `${what} ${JSON.stringify(rest)}`;
}

function statement(plan: StatementPlan): string {
  return inlined(sqlOf(plan, () => "n"));
}
