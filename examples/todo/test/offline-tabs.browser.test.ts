import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { defineApi, resource } from "liveset";
import { type RunningServer, serve } from "liveset/node";
import { sqlite } from "liveset/sqlite";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import type { OfflinePage } from "./offline-page.ts";

const found = await browserForTests();

const notes = sqliteTable("notes", { id: integer().primaryKey(), text: text({ length: 20 }).notNull() });
const api = defineApi({ notes: resource(notes, { orderBy: ["id"] }) });

/** Serves the page from another place than the API, so that it can be opened while that is down, as from a service worker. */
async function servePage(script: string): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    const isScript = request.url?.endsWith(".js") === true;
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

async function start(file: string, port = 0): Promise<RunningServer> {
  const database = sqlite(file);
  await database.db.run(sql`create table if not exists notes (id integer primary key, text text not null)`);
  return serve(api, { database, port, log: { level: "silent" }, signals: false });
}

async function script(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, "offline-page.ts"),
    platform: "browser",
    resolve: { conditionNames: ["liveset-source", "import"] },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return output[0].code;
}

describe.skipIf(found === null)("two tabs in Chromium", () => {
  let browser: Browser;
  let context: BrowserContext;
  let folder: string;
  let server: RunningServer;
  let pages: Server;
  let origin: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "liveset-offline-"));
    const page = await servePage(await script());
    pages = page.server;
    origin = page.origin;
    server = await start(join(folder, "notes.db"));
    await server.db.run(sql`insert into notes values (1, 'first')`);
    browser = await chromium.launch(found ?? {});
    context = await browser.newContext();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    pages?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${origin}/?${server.port}`);
    await page.waitForFunction(() => "offlinePage" in window);
    return page;
  }

  const stateOf = (page: Page): Promise<ReturnType<OfflinePage["state"]>> =>
    page.evaluate(() => (window as unknown as { offlinePage: OfflinePage }).offlinePage.state());

  async function shows(
    pages: readonly Page[],
    state: Partial<ReturnType<OfflinePage["state"]>>,
  ): Promise<void> {
    for (const page of pages) {
      await vi.waitFor(async () => expect(await stateOf(page)).toMatchObject(state), {
        timeout: 20_000,
        interval: 20,
      });
    }
  }

  test("P6: what is written offline is seen in both tabs, outlives a closed tab and a reload, and is done once and in order", async () => {
    const { port } = server;
    const [first, second] = [await open(), await open()];
    await shows([first, second], { texts: ["first"], connection: "live", isStale: false });

    await server.close();
    await shows([first, second], { connection: "offline", isStale: true });
    await first.evaluate(() => {
      const page = (window as unknown as { offlinePage: OfflinePage }).offlinePage;
      page.write("a");
      page.change(1, "changed");
      page.change(1, "changed again");
    });
    await shows([first, second], { texts: ["changed again", "a"], pending: 3 });

    // The tab that sends goes, without a word; the other one is opened anew while nothing can be reached.
    await first.close();
    await second.reload();
    await second.waitForFunction(() => "offlinePage" in window);
    await shows([second], { texts: ["changed again", "a"], isStale: true, pending: 3 });

    server = await start(join(folder, "notes.db"), port);
    await shows([second], { texts: ["changed again", "a"], connection: "live", pending: 0 });
    expect(await server.db.all(sql`select text from notes order by id`)).toEqual([
      { text: "changed again" },
      { text: "a" },
    ]);

    const third = await open();
    await third.evaluate(() => {
      (window as unknown as { offlinePage: OfflinePage }).offlinePage.change(1, "far too long to be a note");
    });
    await shows([second, third], { texts: ["changed again", "a"], refused: "invalid", pending: 0 });

    await third.evaluate(() => (window as unknown as { offlinePage: OfflinePage }).offlinePage.logout());
    await shows([second, third], { refused: null });
  });
});
