import { createRequire } from "node:module";
import { type Browser, chromium, type LaunchOptions, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSql, serveThings } from "./real-client.fixture.ts";

// dcrf-client 0.3.0 in Chromium, bundled as its users bundle it.

/** The repository's own way to a browser lies outside of this package. */
const scripts = new URL("../../../../../../scripts/", import.meta.url);
const { browserForTests } = (await import(new URL("find-browser.ts", scripts).href)) as {
  browserForTests(): Promise<LaunchOptions | null>;
};
const found = await browserForTests();
const require = createRequire(import.meta.url);

/** The package as one script that puts `dcrf` on the page. It asks for Node's `events`, for which bundlers have a package. */
async function bundleClient(): Promise<string> {
  const bundle = await rolldown({
    input: "entry",
    platform: "browser",
    resolve: { alias: { events: require.resolve("events/") } },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? id : null),
        load: (id) =>
          id === "entry"
            ? `window.dcrf = require(${JSON.stringify(require.resolve("dcrf-client"))}).default`
            : null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: "iife" });
  await bundle.close();
  return output[0].code;
}

/** What is written below runs on the page, where nothing of this file is known. */
interface OnPage {
  dcrf: typeof import("./real-client.fixture.ts")["dcrf"];
}

describe.skipIf(found === null)("dcrf-client in Chromium", () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    [browser, script] = await Promise.all([chromium.launch(found ?? {}), bundleClient()]);
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function openPage(url: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    await page.addScriptTag({ content: script });
    return page;
  }

  test.each([
    ["things", "pk"],
    ["things_with_id", "id"],
  ] as const)(
    "case client in Chromium, stream %s: every operation, and events under %s",
    async (stream, pkField) => {
      const server = await serveThings({ fresh: true });
      const page = await openPage(server.url);
      const seen = await page.evaluate(
        async ([stream, pkField]) => {
          const { dcrf } = window as unknown as OnPage;
          const client = dcrf.connect(`${location.href.replace("http", "ws")}ws`, { pkField });
          const events: unknown[] = [];
          let heard = (): void => {};
          const deleted = new Promise<void>((resolve) => {
            heard = resolve;
          });
          const created = await client.create(stream, { name: "a" });
          await client.subscribe(stream, 1, (data, action) => {
            events.push([action, data]);
            if (action === "delete") heard();
          });
          const answers = [
            created,
            await client.retrieve(stream, 1),
            await client.list(stream),
            await client.update(stream, 1, { name: "b" }),
            await client.patch(stream, 1, { counter: 2 }),
            await client.create(stream, {}).catch((refused: { errors: unknown }) => refused.errors),
            await client.delete(stream, 1),
          ];
          await deleted;
          client.close();
          return { answers, events };
        },
        [stream, pkField] as const,
      );
      const thing = (name: string, counter: number) => ({ [pkField]: 1, name, counter });
      expect(seen.answers).toEqual([
        thing("a", 0),
        thing("a", 0),
        [thing("a", 0)],
        thing("b", 0),
        thing("b", 2),
        [{ name: ["This field is required."] }],
        null,
      ]);
      expect(seen.events).toEqual([
        ["update", thing("b", 0)],
        ["update", thing("b", 2)],
        ["delete", { [pkField]: 1 }],
      ]);
      await page.close();
    },
  );

  test("case client in Chromium, a lost connection: subscriptions are said again, what was missed comes, the queue is sent", async () => {
    const server = await serveThings();
    const page = await openPage(server.url);
    await page.evaluate(async () => {
      const { dcrf } = window as unknown as OnPage;
      const websocket = { minReconnectionDelay: 20, maxReconnectionDelay: 50 };
      const client = dcrf.connect(`${location.href.replace("http", "ws")}ws`, { websocket });
      await client.create("things", { name: "a" });
      const counters: unknown[] = [];
      await client.subscribe("things", 1, ({ counter }) => counters.push(counter));
      client.transport.socket.close();
      Object.assign(window, { client, counters });
    });
    await expect.poll(() => server.server.stats().connections).toBe(0);
    await runSql(server, "update things set counter = 5");
    const counters = await page.evaluate(async () => {
      const { client, counters } = window as unknown as {
        client: import("./real-client.fixture.ts").RealClient;
        counters: unknown[];
      };
      const queued = client.patch("things", 1, { counter: 6 });
      client.transport.socket.reconnect();
      await queued;
      while (counters.length < 2) await new Promise((resolve) => requestAnimationFrame(resolve));
      return counters;
    });
    expect(counters).toEqual([5, 6]);
    await page.close();
  });
});
