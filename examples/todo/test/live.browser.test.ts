import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "./demo-process.ts";
import { openTodoPage, type TodoPage } from "./todo-page.ts";

const found = await browserForTests();
const second = 1_000;

describe.skipIf(found === null)("two pages in Chromium", () => {
  let demo: Demo;
  let browser: Browser;
  let ada: TodoPage;
  let ben: TodoPage;

  beforeAll(async () => {
    demo = await startDemo();
    browser = await chromium.launch(found ?? {});
    [ada, ben] = await Promise.all([openTodoPage(browser, demo.url), openTodoPage(browser, demo.url)]);
    await Promise.all([ada.become("Ada"), ben.become("Ben")]);
    await Promise.all([ada.open("Weekly shop"), ben.open("Weekly shop")]);
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await removeFolder(demo?.folder);
  });

  test("a task that Ada adds, ticks, edits and deletes does so on Ben's page within a second", async () => {
    await ada.add("Figs, if there are any");
    await ben.task("Figs, if there are any").waitFor({ timeout: second });

    await ada.box("Figs, if there are any").check();
    await ben.page.locator(".task.done", { hasText: "Figs" }).waitFor({ timeout: second });

    await ada.task("Figs, if there are any").getByText("Figs").dblclick();
    await ada.page.getByRole("textbox", { name: "Text of the task" }).fill("Figs, ripe");
    await ada.page.keyboard.press("Enter");
    await ben.task("Figs, ripe").waitFor({ timeout: second });
    expect(await ben.task("Figs, if there are any").count()).toBe(0);

    await ada.page.getByRole("button", { name: "Delete: Figs, ripe" }).click();
    await ben.task("Figs, ripe").waitFor({ state: "detached", timeout: second });

    await ada.page.getByRole("button", { name: "Undo" }).click();
    await ben.page.locator(".task.done", { hasText: "Figs, ripe" }).waitFor({ timeout: second });
    expect((await ben.texts())[0]).toBe("Figs, ripe");
  });

  test("the open counts at the left follow on both pages", async () => {
    const before = Number.parseInt((await ben.link("Weekly shop").locator(".count").textContent()) ?? "", 10);
    await ada.add("Saffron");
    await ben
      .link("Weekly shop")
      .getByText(String(before + 1))
      .waitFor({ timeout: second });
    await ben.box("Saffron").check();
    await ada.link("Weekly shop").getByText(String(before)).waitFor({ timeout: second });
  });

  test("P5: a private list and what is in it never reach the other account, not even in a frame", async () => {
    const secret = "Sapphire anniversary surprise";
    const newList = ada.page.getByRole("textbox", { name: "New list: Ada’s private lists" });
    await newList.fill(secret);
    await newList.press("Enter");
    await ada.page.getByRole("heading", { level: 1, name: secret }).waitFor();
    await ada.add("Sapphire ring, size 54");
    await ada.task("Sapphire ring, size 54").waitFor();
    await sqlFromElsewhere(
      demo.file,
      "INSERT INTO tasks (text, listId) SELECT 'Sapphire cake', id FROM lists WHERE name LIKE 'Sapphire%'",
    );
    await ada.task("Sapphire cake").waitFor({ timeout: second });

    // What is written later comes later on Ben's connection: once this has come, the rest would have come too.
    await ada.open("Weekly shop");
    await ada.add("Barrier one");
    await ben.task("Barrier one").waitFor({ timeout: second });
    expect(ben.received.filter(({ text }) => text.includes("Sapphire"))).toEqual([]);
    expect(ada.received.some(({ text }) => text.includes("Sapphire cake"))).toBe(true);
    expect(await ben.page.getByText("Sapphire").count()).toBe(0);
    expect(await (await ben.page.request.get("/api/lists/?search=Sapphire")).json()).toMatchObject({
      count: 0,
    });
  });

  test("P5: a shared list that Ada makes her own is gone from Ben's page at once, and nothing of it is sent to him any more", async () => {
    await Promise.all([ada.open("Book club"), ben.open("Book club")]);
    const before = ben.received.length;
    await ada.page.getByText("List ▾").click();
    await ada.page.getByRole("button", { name: "Make it mine only" }).click();
    await ben.page.getByText("There is no such list here").waitFor({ timeout: second });
    expect(await ben.link("Book club").count()).toBe(0);
    await ada.add("Chapter nobody else reads");
    await ada.task("Chapter nobody else reads").waitFor();

    await ben.open("Weekly shop");
    await ada.open("Weekly shop");
    await ada.add("Barrier two");
    await ben.task("Barrier two").waitFor({ timeout: second });
    const since = ben.received.slice(before);
    expect(since.filter(({ text }) => /Book club|Chapter nobody/.test(text))).toEqual([]);
    expect(since.some(({ type, leave }) => type === "changes" && Array.isArray(leave))).toBe(true);

    await ada.open("Book club");
    await ada.page.getByText("List ▾").click();
    await ada.page.getByRole("button", { name: "Share with everybody" }).click();
    await ben.link("Book club").waitFor({ timeout: second });
    await ben.open("Book club");
    await ben.task("Chapter nobody else reads").waitFor();
  });

  test("a change by curl, and one by SQL from another process, appear on both pages", async () => {
    await Promise.all([ada.open("Office move"), ben.open("Office move")]);
    const response = await ada.page.request.get("/api/tasks/?listId=3&done=false&limit=1");
    const [task] = (await response.json()).results;
    const patch = [
      "-sS",
      "-X",
      "PATCH",
      `${demo.url}/api/tasks/${task.id}/`,
      "-H",
      "content-type: application/json",
    ];
    await promisify(execFile)("curl", [...patch, "-d", '{"text": "Changed by curl", "done": true}']);
    const byCurl = (page: TodoPage) =>
      page.page.locator(".task.done", { hasText: "Changed by curl" }).waitFor({ timeout: second });
    await Promise.all([byCurl(ada), byCurl(ben)]);

    await sqlFromElsewhere(
      demo.file,
      `UPDATE tasks SET text = 'Changed by SQL', done = 0 WHERE id = ${task.id}`,
    );
    const bySql = (page: TodoPage) =>
      page.page.locator(".task:not(.done)", { hasText: "Changed by SQL" }).waitFor({ timeout: second });
    await Promise.all([bySql(ada), bySql(ben)]);
    await ada.page.locator(".flashing", { hasText: "Changed by SQL" }).waitFor({ timeout: second });
  });

  test("a task that no longer fits the page's filter leaves it, and edited back returns at its place", async () => {
    await Promise.all([ada.open("Office move"), ben.open("Office move")]);
    await ben.page.getByText("Open", { exact: true }).click();
    await ben.page.locator(".task.done").first().waitFor({ state: "detached" });
    const before = await ben.texts();
    const text = before[3] ?? "";

    await ada.box(text).check();
    await ben.task(text).waitFor({ state: "detached", timeout: second });
    await ada.box(text).uncheck();
    await ben.task(text).waitFor({ timeout: second });
    expect(await ben.texts()).toEqual(before);
  });

  test("a task whose text no longer fits the search leaves it, and edited back returns at its place", async () => {
    await Promise.all([ada.open("Conference in Lisbon"), ben.open("Conference in Lisbon")]);
    await ben.page.getByRole("searchbox").fill("book");
    await ben.task("Pack an adapter").waitFor({ state: "detached" });
    const before = await ben.texts();
    expect(before).toEqual(["Book the airport train", "Book the hotel near the venue", "Book flights"]);

    const rename = async (from: string, to: string) => {
      await ada.task(from).getByText(from).dblclick();
      await ada.page.getByRole("textbox", { name: "Text of the task" }).fill(to);
      await ada.page.keyboard.press("Enter");
    };
    await rename("Book the hotel near the venue", "Look for a hotel");
    await ben.task("Book the hotel near the venue").waitFor({ state: "detached", timeout: second });
    await rename("Look for a hotel", "Book the hotel near the venue");
    await ben.task("Book the hotel near the venue").waitFor({ timeout: second });
    expect(await ben.texts()).toEqual(before);
  });

  test("what Ben types is not lost when Ada changes or deletes the task under his cursor", async () => {
    await Promise.all([ada.open("Release 2.4"), ben.open("Release 2.4")]);
    const [first = "", second_ = ""] = await ben.texts();
    const editor = ben.page.getByRole("textbox", { name: "Text of the task" });

    await ben.task(first).getByText(first).dblclick();
    await editor.fill("What Ben wants");
    await ada.task(first).getByText(first).dblclick();
    await ada.page.getByRole("textbox", { name: "Text of the task" }).fill("What Ada wants");
    await ada.page.keyboard.press("Enter");
    await ben.page
      .getByText("Somebody changed it meanwhile to “What Ada wants”.")
      .waitFor({ timeout: second });
    expect(await editor.inputValue()).toBe("What Ben wants");
    await ben.page.getByRole("button", { name: "Keep mine" }).click();
    await ada.task("What Ben wants").waitFor({ timeout: second });

    await ben.task("What Ben wants").getByText("What Ben wants").dblclick();
    await editor.fill("What nobody wants");
    await ada.task("What Ben wants").getByText("What Ben wants").dblclick();
    await ada.page.getByRole("textbox", { name: "Text of the task" }).fill("What both want");
    await ada.page.keyboard.press("Enter");
    await ben.page.getByRole("button", { name: "Take theirs" }).click();
    expect(await editor.inputValue()).toBe("What both want");
    await editor.press("Enter");
    await ben.task("What both want").waitFor();

    await ben.task(second_).getByText(second_).dblclick();
    await editor.fill("Ben would rather keep it");
    await ada.page.getByRole("button", { name: `Delete: ${second_}` }).click();
    await ben.page.getByText("Somebody deleted it meanwhile.").waitFor({ timeout: second });
    expect(await editor.inputValue()).toBe("Ben would rather keep it");
    await ben.page.getByRole("button", { name: "Add mine as a new task" }).click();
    await ada.task("Ben would rather keep it").waitFor({ timeout: second });
  });
});
