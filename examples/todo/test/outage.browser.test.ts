import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { type Cable, layCable } from "./cable.ts";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "./demo-process.ts";
import { openTodoPage, type TodoPage } from "./todo-page.ts";

const found = await browserForTests();

describe.skipIf(found === null)("outages in Chromium", () => {
  let demo: Demo;
  let browser: Browser;

  beforeAll(async () => {
    demo = await startDemo();
    browser = await chromium.launch(found ?? {});
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await removeFolder(demo?.folder);
  });

  test.for([
    ["killed", "SIGKILL"],
    ["stopped", "SIGTERM"],
  ] as const)(
    "P4: the server is %s and started again: pages say so, recover alone, and miss nothing",
    async ([, signal]) => {
      const pages = await Promise.all([openTodoPage(browser, demo.url), openTodoPage(browser, demo.url)]);
      for (const one of pages) await one.open("Charity run");
      const before = (await pages[0]?.texts()) ?? [];
      const gone = before[2] ?? "";
      const changed = before[4] ?? "";

      await demo.stop(signal);
      await Promise.all(pages.map((one) => one.says(/^Offline since \d/)));
      const where = `listId = (SELECT id FROM lists WHERE name = 'Charity run')`;
      await sqlFromElsewhere(
        demo.file,
        `DELETE FROM tasks WHERE text = '${gone}' AND ${where};
       UPDATE tasks SET text = 'Changed while nobody looked: ${signal}' WHERE text = '${changed}' AND ${where};
       INSERT INTO tasks (text, listId) SELECT 'Added while nobody looked: ${signal}', id FROM lists WHERE name = 'Charity run'`,
      );
      demo = await startDemo({ port: demo.port, folder: demo.folder });
      await Promise.all(pages.map((one) => one.says(/^Live/, 30_000)));

      const expected = before
        .filter((text) => text !== gone)
        .map((text) => (text === changed ? `Changed while nobody looked: ${signal}` : text));
      for (const one of pages) {
        expect(await one.texts()).toEqual([`Added while nobody looked: ${signal}`, ...expected]);
        await one.close();
      }
    },
  );

  test("P4: a page that was offline for a while resumes without a new snapshot", async () => {
    const cable: Cable = await layCable(demo.port);
    const todo: TodoPage = await openTodoPage(browser, cable.url);
    await todo.open("Choir concert");
    const before = await todo.texts();

    cable.pullOut();
    await todo.says(/^Offline since \d/);
    const frames = todo.received.length;
    await sqlFromElsewhere(
      demo.file,
      "INSERT INTO tasks (text, listId) SELECT 'Added behind a cut cable', id FROM lists WHERE name = 'Choir concert'",
    );
    // Written on the page while it is offline: it waits, and says so.
    await todo.add("Written without a connection");
    await todo.page.getByText("Waits for the connection").waitFor();
    cable.putBack();
    await todo.says(/^Live/, 30_000);
    await todo.task("Written without a connection").waitFor();

    expect(await todo.texts()).toEqual([
      "Written without a connection",
      "Added behind a cut cable",
      ...before,
    ]);
    const answers = todo.received.slice(frames).filter(({ type }) => type === "subscribed");
    expect(answers.length).toBeGreaterThanOrEqual(3);
    expect(answers.map(({ resumed, rows }) => ({ resumed, rows }))).toEqual(
      answers.map(() => ({ resumed: true, rows: undefined })),
    );
    await todo.close();
    cable.close();
  });

  test("P4: the database is another one after a restart: the page shows what is in it, and says nothing of resuming", async () => {
    const todo = await openTodoPage(browser, demo.url);
    await todo.open("Book club");
    const before = await todo.texts();
    await todo.add("Gone after the reset");
    await todo.task("Gone after the reset").waitFor();
    const frames = todo.received.length;

    await demo.stop();
    demo = await startDemo({ port: demo.port, folder: demo.folder, args: ["--reset"] });
    await todo.task("Gone after the reset").waitFor({ state: "detached", timeout: 30_000 });
    await todo.says(/^Live/);
    expect(await todo.texts()).toEqual(before);
    const answers = todo.received.slice(frames).filter(({ type }) => type === "subscribed");
    expect(answers.map(({ resumed }) => resumed)).toEqual([false, false, false]);
    await todo.close();
  });
});
