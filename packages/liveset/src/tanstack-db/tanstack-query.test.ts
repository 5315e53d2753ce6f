import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { connect } from "../client/connect.fixture.ts";
import type { LiveHandle } from "../client/live-handle.ts";
import { startFixture } from "../server/live/live.fixture.ts";

type LiveQueries = (
  cache: QueryClient,
) => <T>(
  queryKey: readonly unknown[],
  open: () => LiveHandle<T>,
) => { readonly queryKey: readonly unknown[] };

const root = new URL("../../../../", import.meta.url);

/** The recipe, just as the guide has it. */
async function recipe(): Promise<LiveQueries> {
  const guide = readFileSync(new URL("docs/tanstack-query.md", root), "utf8");
  const code = /^```ts file=live-queries\.ts\n(.*?)^```/ms.exec(guide)?.[1];
  if (code === undefined) throw new Error("The guide has no block called live-queries.ts.");
  const folder = new URL("test-results/recipes/", root);
  mkdirSync(folder, { recursive: true });
  const file = new URL("tanstack-query.ts", folder).pathname;
  writeFileSync(file, code);
  return ((await import(/* @vite-ignore */ file)) as { liveQueries: LiveQueries }).liveQueries;
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2, timeout: 5_000 });

async function started() {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'milk', 7), (2, 'bread', 7)");
  const line = connect(fixture);
  const cache = new QueryClient();
  const live = (await recipe())(cache);
  return { fixture, line, cache, live };
}

test("TanStack Query: a query follows the live list, fetches nothing again, and ends it with the cache's entry", async () => {
  const { fixture, line, cache, live } = await started();
  let opened = 0;
  const open = () => {
    opened++;
    return line.client.tasks.live({ where: { done: false } });
  };
  const observer = new QueryObserver(cache, live(["tasks"], open));
  const stop = observer.subscribe(() => {});
  const shown = () =>
    (observer.getCurrentResult().data as { text: string }[] | undefined)?.map(({ text }) => text);
  await soon(() => expect(shown()).toEqual(["milk", "bread"]));
  const before = observer.getCurrentResult().data as object[];
  await fixture.run("update tasks set text = 'oat milk' where id = 1");
  await soon(() => expect(shown()).toEqual(["oat milk", "bread"]));
  expect((observer.getCurrentResult().data as object[])[1]).toBe(before[1]);
  await cache.invalidateQueries({ queryKey: ["tasks"] });
  expect(shown()).toEqual(["oat milk", "bread"]);
  expect(opened).toBe(1);
  const ended = () => line.sent.filter(({ type }) => type === "unsubscribe").length;
  const earlier = ended();
  stop();
  cache.removeQueries({ queryKey: ["tasks"] });
  line.clock.advance(2_000);
  await soon(() => expect(ended()).toBe(earlier + 1));
  cache.clear();
});

test("TanStack Query: a list that is refused is the query's error, and its rows are gone", async () => {
  const { line, cache, live } = await started();
  const wrong = new QueryObserver(
    cache,
    live(["wrong"], () => line.client.tasks.live({ where: { nothing: 1 } as never })),
  );
  const stop = wrong.subscribe(() => {});
  await soon(() =>
    expect(wrong.getCurrentResult()).toMatchObject({ status: "error", error: { code: "invalid" } }),
  );
  expect(wrong.getCurrentResult().data).toBeUndefined();
  stop();
  cache.clear();
});
