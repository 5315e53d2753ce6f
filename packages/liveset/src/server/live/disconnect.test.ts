import { expect, test } from "vitest";
import type { Ask } from "./ask.ts";
import { countSteps } from "./count-steps.fixture.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

/** Every kind of subscription: found by a value, by a range, by every change, a window, a count; and one that all share. */
function askOf(number: number): Ask {
  const kinds: readonly Ask["query"][] = [
    { where: { id: number } },
    { where: { id: { range: [number, number + 10] } } },
    { where: { NOT: { text: `${number}` } } },
    { where: { id: { gt: number } }, orderBy: { id: "asc" }, limit: 1 },
    {},
  ];
  return { ...list, query: kinds[number % kinds.length] ?? {} };
}

/** Connections of others, with so many subscriptions in all. */
async function others(fixture: Fixture, count: number): Promise<void> {
  const each = 200;
  for (let first = 0; first < count; first += each) {
    const client = await fixture.connect(1);
    for (let i = first; i < first + each; i++) client.subscribe(`${i}`, askOf(i));
    await client.until(() => client.lists.size === each);
  }
}

/** The steps of one who subscribes, unsubscribes and goes, among so many subscriptions of others. */
async function stepsAmong(
  count: number,
): Promise<Record<"subscribe" | "unsubscribe" | "disconnect", number>> {
  const limits = { subscriptions: 200, burst: 1e9 };
  const fixture = await startFixture({ limits });
  await others(fixture, count);
  const { client, pair } = await fixture.connectPair(1);
  for (let i = 0; i < 20; i++) await client.open(`${i}`, askOf(i % 2 === 0 ? i : count + i));
  const subscribe = await countSteps(async () => void (await client.open("one", askOf(count + 25))));
  const unsubscribe = await countSteps(async () => {
    client.unsubscribe("one");
    await client.ping();
  });
  const disconnect = await countSteps(async () => {
    pair.cut();
    await client.until(() => client.closes.length > 0);
  });
  expect(fixture.server.stats()).toMatchObject({ connections: count / 200, subscriptions: count });
  return { subscribe, unsubscribe, disconnect };
}

test("pitfall 17: subscribing, unsubscribing and disconnecting cost as much among 10,000 subscriptions of others as among 200", async () => {
  const few = await stepsAmong(200);
  const many = await stepsAmong(10_000);
  for (const name of ["subscribe", "unsubscribe", "disconnect"] as const) {
    expect(few[name]).toBeGreaterThan(0);
    expect(many[name], name).toBeLessThan(3 * few[name]);
  }
}, 60_000);
