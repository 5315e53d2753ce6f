import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { rolldown } from "rolldown";
import { compile } from "svelte/compiler";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqlite } from "../server/database/sqlite/sqlite.ts";
import { defineApi } from "../server/define-api.ts";
import { type RunningServer, serve } from "../server/node.ts";
import { resource } from "../server/resource.ts";

// Each framework in Chromium, bundled as users bundle it, over a real socket.

/** The repository's own way to a browser lies outside of this package. */
const scripts = new URL("../../../../scripts/", import.meta.url);
const { browserForTests } = (await import(new URL("find-browser.ts", scripts).href)) as {
  browserForTests(): Promise<LaunchOptions | null>;
};
const found = await browserForTests();

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
const database = sqlite(":memory:");
const insert = (id: number, text: string) =>
  database.db.run(`insert into tasks (id, text) values (${id}, '${text}')`);

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

/** The page of a framework as one script, which begins at once; `stop()` ends it. */
async function bundle(framework: string): Promise<string> {
  const folder = new URL(`../${framework}/`, import.meta.url).pathname;
  const client = new URL("../client/index.ts", import.meta.url).pathname;
  const entry = `
    import { createClient } from ${JSON.stringify(client)};
    import { start } from ${JSON.stringify(`${folder}page.fixture.ts`)};
    window.stop = start(createClient("/ws/", { keepAlive: 10 }), document.body);`;
  const made = await rolldown({
    input: "entry",
    platform: "browser",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "entry" ? id : null),
        load: (id) => (id === "entry" ? entry : null),
        transform: (code, id) =>
          id.endsWith(".svelte") ? { ...compile(code, { filename: id }).js, moduleType: "js" } : null,
      },
    ],
  });
  const { output } = await made.generate({ format: "iife" });
  await made.close();
  return output[0].code;
}

describe.skipIf(found === null)("in Chromium", () => {
  let browser: Browser;
  let server: RunningServer;

  beforeAll(async () => {
    await database.db.run("create table tasks (id integer primary key, text text not null)");
    const api = defineApi({ tasks: resource(tasks, { orderBy: ["id"] }) });
    [browser, server] = await Promise.all([
      chromium.launch(found ?? {}),
      serve(api, { database, port: 0, log: { level: "error" } }),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(["react", "solid", "svelte"])(
    "%s shows a list, what changes, and lets it go",
    async (framework) => {
      await database.db.run("delete from tasks");
      await insert(1, "Milk");
      const page = await browser.newPage();
      const faults: unknown[] = [];
      page.on("pageerror", (error) => faults.push(error));
      const sent: string[] = [];
      page.on("websocket", (socket) =>
        socket.on("framesent", ({ payload }) => sent.push(JSON.parse(String(payload)).type)),
      );
      await page.goto(server.url);
      await page.setContent("<body></body>");
      await page.addScriptTag({ content: await bundle(framework) });
      const rows = () => page.locator("li").allTextContents();
      await eventually(rows).toEqual(["Milk"]);
      const first = await page.locator("li").elementHandle();
      await insert(2, "Bread");
      await eventually(rows).toEqual(["Milk", "Bread"]);
      await database.db.run("update tasks set text = 'Tea' where id = 2");
      await eventually(rows).toEqual(["Milk", "Tea"]);
      expect(await first?.evaluate((element) => element.isConnected)).toBe(true);
      await page.evaluate(() => (window as unknown as { stop: () => void }).stop());
      await eventually(() => sent).toEqual(["subscribe", "unsubscribe"]);
      expect([await rows(), faults]).toEqual([[], []]);
      await page.close();
    },
  );
});
