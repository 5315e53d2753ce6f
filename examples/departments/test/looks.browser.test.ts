import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "../../todo/test/demo-process.ts";
import { type DepartmentsPage, openDepartmentsPage } from "./departments-page.ts";

const found = await browserForTests();
const pictures = fileURLToPath(new URL("../../../test-results/departments/", import.meta.url));

describe.skipIf(found === null)("how the tree looks in Chromium", () => {
  let demo: Demo;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    demo = await startDemo();
    // The page is built when it is first asked for.
    await fetch(`${demo.url}/departments/`);
    browser = await chromium.launch(found ?? {});
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await removeFolder(demo?.folder);
  });

  const picture = ({ page }: DepartmentsPage, name: string) =>
    page.screenshot({ path: `${pictures}${name}.png`, animations: "disabled" });

  test.for(["light", "dark"] as const)("it is shown in %s, as the system asks", async (colorScheme) => {
    const tree = await openDepartmentsPage(browser, demo.url, { colorScheme });
    await tree.open("Finance, Dublin");
    const background = await tree.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const brightness = Math.max(...(background.match(/\d+/g) ?? []).slice(0, 3).map(Number));
    expect(brightness > 128).toBe(colorScheme === "light");
    await picture(tree, colorScheme);
    await tree.row("Minutes 31").dblclick();
    await picture(tree, `${colorScheme}-edit`);
    await tree.page.keyboard.press("Escape");
    await tree.page.keyboard.press("Delete");
    await picture(tree, `${colorScheme}-question`);
    expect(tree.errors).toEqual([]);
    await tree.close();
  });

  test("at phone width nothing is wider than the screen, and all that can be done is in sight", async () => {
    const phone = {
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    };
    const tree = await openDepartmentsPage(browser, demo.url, phone);
    await tree.row("Finance, Dublin").getByRole("button", { name: "Expand" }).tap();
    await tree.row("Minutes 1").tap();
    const overflow = () => tree.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await overflow()).toBe(0);
    const buttons = await tree.page.getByRole("toolbar").getByRole("button").all();
    expect(buttons).toHaveLength(7);
    for (const button of buttons) {
      const { x = -1, width = 0, height = 0 } = (await button.boundingBox()) ?? {};
      expect([x >= 0, x + width <= 360, height >= 40]).toEqual([true, true, true]);
    }
    await picture(tree, "phone");
    await tree.close();
  });

  test("a location without departments says so, and what was refused stands beside its row", async () => {
    await sqlFromElsewhere(demo.file, "INSERT INTO locations (id, name) VALUES ('location-9', 'Lagos')");
    const tree = await openDepartmentsPage(browser, demo.url);
    await tree.page.getByRole("button", { name: "Lagos" }).click();
    await tree.page.getByText("No departments yet.").waitFor();
    await picture(tree, "empty");
    await tree.page.getByRole("button", { name: "Add the first" }).click();
    await tree.write("Harbour, Lagos");
    await tree.row("Harbour, Lagos").waitFor();
    // A rule that the page knows nothing of.
    await sqlFromElsewhere(
      demo.file,
      `CREATE TRIGGER no_sea BEFORE UPDATE OF name ON departments WHEN NEW.name = 'Sea'
       BEGIN SELECT RAISE(ABORT, 'Not by the sea.'); END`,
    );
    await tree.row("Harbour, Lagos").dblclick();
    await tree.write("Sea");
    await tree.row("Harbour, Lagos").getByText("not saved").waitFor();
    await tree.page.locator(".notice").getByText("The name was not saved.").waitFor();
    await picture(tree, "refused");
    await tree.page.locator(".notice").getByRole("button", { name: "Dismiss" }).click();
    await tree.row("Harbour, Lagos").getByRole("button", { name: "Dismiss" }).click();
    await tree.row("Harbour, Lagos").getByText("not saved").waitFor({ state: "detached" });
    await sqlFromElsewhere(demo.file, "DELETE FROM locations WHERE id = 'location-9'");
    await tree.page.getByRole("button", { name: "Lagos" }).waitFor({ state: "detached" });
    await tree.row("Finance, Dublin").waitFor();
    await tree.close();
  });

  test("the focus is always visible, and every control has a name", async () => {
    const tree = await openDepartmentsPage(browser, demo.url);
    const seen: string[] = [];
    for (let presses = 0; presses < 40; presses++) {
      await tree.page.keyboard.press("Tab");
      const stop = await tree.page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || element === document.body) return null;
        const rings = [element, element.querySelector(".active")];
        const hasRing = rings.some((one) => one !== null && getComputedStyle(one).outlineStyle === "solid");
        return { name: element.getAttribute("aria-label") ?? element.textContent.trim(), hasRing };
      });
      if (stop === null) break;
      expect(stop).toMatchObject({ hasRing: true, name: expect.stringMatching(/\S/) });
      seen.push(stop.name);
    }
    expect(seen).toEqual([
      ...["Dublin", "Porto", "Tallinn", "Department", "Document", "Folder", "List", "Sprint"],
      ...["Rename", "Departments", "To-do demo"],
    ]);
    await tree.close();
  });
});
