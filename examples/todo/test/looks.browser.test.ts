import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { type Demo, removeFolder, startDemo } from "./demo-process.ts";
import { openTodoPage } from "./todo-page.ts";

const found = await browserForTests();
const pictures = fileURLToPath(new URL("../../../test-results/todo/", import.meta.url));

describe.skipIf(found === null)("how the page looks and is used in Chromium", () => {
  let demo: Demo;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    demo = await startDemo();
    browser = await chromium.launch(found ?? {});
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await removeFolder(demo?.folder);
  });

  test.for(["light", "dark"] as const)(
    "the whole page is shown in %s, as the system asks",
    async (colorScheme) => {
      const todo = await openTodoPage(browser, demo.url, { colorScheme });
      await todo.become("Ada");
      await todo.open("Kitchen renovation");
      await todo.page.locator(".list li").first().waitFor();
      const background = await todo.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const brightness = Math.max(...(background.match(/\d+/g) ?? []).slice(0, 3).map(Number));
      expect(brightness > 128).toBe(colorScheme === "light");
      await todo.page.screenshot({ path: `${pictures}${colorScheme}.png`, animations: "disabled" });

      await todo.page.getByText("List ▾").click();
      await todo.page.screenshot({ path: `${pictures}${colorScheme}-menu.png`, animations: "disabled" });
      await todo.page.getByRole("button", { name: "Delete list" }).click();
      await todo.page.screenshot({ path: `${pictures}${colorScheme}-dialog.png`, animations: "disabled" });
      await todo.page.getByRole("button", { name: "Keep it" }).click();
      await todo.page.getByRole("searchbox").fill("unicorn");
      await todo.page.getByText("No task contains “unicorn”").waitFor();
      await todo.page.screenshot({ path: `${pictures}${colorScheme}-empty.png`, animations: "disabled" });
      expect(todo.errors).toEqual([]);
      await todo.close();
    },
  );

  test("the chosen colours stay after a reload", async () => {
    const todo = await openTodoPage(browser, demo.url, { colorScheme: "light" });
    const toggle = todo.page.getByRole("button", { name: /^Colours:/ });
    await toggle.click();
    await toggle.click();
    await todo.page.reload();
    await todo.says(/^Live/);
    expect(await todo.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(
      "dark",
    );
    await todo.close();
  });

  test("at phone width nothing is wider than the screen, and the lists come in a drawer", async () => {
    const phone = {
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    };
    const todo = await openTodoPage(browser, demo.url, phone);
    const { page } = todo;
    await page.locator(".list li").first().waitFor();
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBe(0);
    await page.screenshot({ path: `${pictures}phone.png`, animations: "disabled" });

    expect(await todo.link("Book club").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Show lists" }).tap();
    await todo.link("Book club").waitFor();
    await page.screenshot({ path: `${pictures}phone-lists.png`, animations: "disabled" });
    await todo.link("Book club").tap();
    await page.getByRole("heading", { level: 1, name: "Book club" }).waitFor();
    await todo.link("Book club").waitFor({ state: "hidden" });
    expect(await overflow()).toBe(0);
    await todo.close();
  });

  test("everything is done by keyboard alone, and the focus is never lost", async () => {
    const todo = await openTodoPage(browser, `${demo.url}/#/lists/4`);
    const { page } = todo;
    const { keyboard } = page;
    await page.locator(".list li").first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    const before = await todo.texts();

    await keyboard.press("n");
    await keyboard.type("Dust the lamps");
    await keyboard.press("Enter");
    await todo.task("Dust the lamps").waitFor();
    await keyboard.press("ArrowDown");
    expect(await focused()).toBe("Dust the lamps");
    await keyboard.press("Space");
    await page.locator(".task.done", { hasText: "Dust the lamps" }).waitFor();

    await keyboard.press("Enter");
    await keyboard.type("Dust every lamp");
    await keyboard.press("Enter");
    await todo.task("Dust every lamp").waitFor();
    await expect.poll(focused).toBe("Dust every lamp");
    await keyboard.press("F2");
    await keyboard.type("never saved");
    await keyboard.press("Escape");
    await expect.poll(focused).toBe("Dust every lamp");

    await keyboard.press("Delete");
    await todo.task("Dust every lamp").waitFor({ state: "detached" });
    await expect.poll(focused).toBe(before[0]);
    await keyboard.press("ArrowDown");
    expect(await focused()).toBe(before[1]);
    await keyboard.press("Tab");
    expect(await focused()).toBe(`Edit: ${before[1]}`);
    await keyboard.press("Tab");
    expect(await focused()).toBe(`Delete: ${before[1]}`);

    await keyboard.press("/");
    await keyboard.type("kettle");
    await expect.poll(() => todo.texts()).toEqual(["Clean the kettle"]);
    await keyboard.press("Escape");
    await expect.poll(() => todo.texts()).toEqual(before);
    expect(await todo.texts()).not.toContain("never saved");
    await todo.close();
  });

  test("the focus is always visible, and every control has a name", async () => {
    const todo = await openTodoPage(browser, `${demo.url}/#/lists/4`);
    const { page } = todo;
    await page.locator(".list li").first().waitFor();
    const seen = new Set<string>();
    for (let presses = 0; presses < 120; presses += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || element === document.body) return null;
        const rings = [element, element.nextElementSibling, element.closest("form")];
        const hasRing = rings.some((one) => one !== null && getComputedStyle(one).outlineStyle === "solid");
        const label =
          element.getAttribute("aria-label") ?? (element as HTMLInputElement).labels?.[0]?.textContent;
        return {
          name: (label ?? element.textContent ?? "").trim(),
          hasRing,
          html: element.outerHTML.slice(0, 120),
        };
      });
      if (stop === null) break;
      expect(stop, stop.html).toMatchObject({ hasRing: true, name: expect.stringMatching(/\S/) });
      seen.add(stop.name);
    }
    for (const name of [
      "Skip to the tasks",
      "Guest",
      "Ada",
      "Ben",
      "All",
      "Search in this list",
      "New task",
    ]) {
      expect(seen).toContain(name);
    }
    await todo.close();
  });

  test("errors stand where they arise and can be removed", async () => {
    const todo = await openTodoPage(browser, `${demo.url}/#/lists/5`);
    const { page } = todo;
    await page.locator(".list li").first().waitFor();
    const [first = ""] = await todo.texts();
    await todo.task(first).getByText(first).dblclick();
    const editor = page.getByRole("textbox", { name: "Text of the task" });
    await editor.fill("   ");
    await editor.press("Enter");
    const error = page.locator(".editor").getByRole("alert");
    await error.getByText("Write something first.").waitFor();
    await page.screenshot({ path: `${pictures}error.png`, animations: "disabled" });
    await error.getByRole("button", { name: "Dismiss" }).click();
    await error.waitFor({ state: "detached" });
    await editor.press("Escape");
    await todo.task(first).waitFor();
    await todo.close();
  });
});
