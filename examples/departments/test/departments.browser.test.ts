import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { layCable } from "../../todo/test/cable.ts";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "../../todo/test/demo-process.ts";
import { openDepartmentsPage } from "./departments-page.ts";

const found = await browserForTests();

describe.skipIf(found === null)("the tree of departments in Chromium", () => {
  let demo: Demo;
  let browser: Browser;

  beforeAll(async () => {
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

  test("two windows are in step: renamed, added and deleted in one, and changed by SQL from elsewhere", async () => {
    const [one, two] = await Promise.all([
      openDepartmentsPage(browser, demo.url),
      openDepartmentsPage(browser, demo.url),
    ]);
    for (const page of [one, two]) await page.open("People, Dublin");

    await one.row("Budget 2").dblclick();
    await one.write("Budget of 2027");
    await two.row("Budget of 2027").waitFor();
    expect(await two.row("Budget 2").count()).toBe(0);

    await one.page.getByRole("button", { name: "Document" }).click();
    await one.write("Plan for the move");
    await two.row("People, Dublin").getByText("1,337", { exact: true }).waitFor();
    await two.scrollTo(330);
    await two.row("Plan for the move").waitFor();
    await one.row("Plan for the move").click();
    await one.page.keyboard.press("Delete");
    await one.page.keyboard.press("Enter");
    await two.row("Plan for the move").waitFor({ state: "detached" });
    await Promise.all([one, two].map((page) => page.scrollTo(0)));
    await two.row("People, Dublin").getByText("1,336", { exact: true }).waitFor();

    await sqlFromElsewhere(
      demo.file,
      "UPDATE departments SET name = 'Persons, Dublin' WHERE id = 'department-1'",
    );
    await Promise.all([one, two].map((page) => page.row("Persons, Dublin").waitFor()));
    await sqlFromElsewhere(
      demo.file,
      "UPDATE departments SET name = 'People, Dublin' WHERE id = 'department-1'",
    );
    await Promise.all([one, two].map((page) => page.row("People, Dublin").waitFor()));
    expect([one.errors, two.errors]).toEqual([[], []]);
    await Promise.all([one.close(), two.close()]);
  });

  test("of 12,000 rows those are loaded that are seen, however far and fast it is scrolled", async () => {
    const tree = await openDepartmentsPage(browser, demo.url);
    // The location with the ids of its departments, and these.
    expect(tree.asked()).toEqual({ calls: 2, rows: 10, ids: 0 });
    await tree.tree.focus();
    await tree.page.keyboard.press("*");
    await tree.row("Minutes 1").waitFor();
    const total = 9 + 9 * 1336;
    const first = tree.asked();
    expect(first.rows).toBeLessThan(45);

    await tree.scrollTo(total);
    await tree.row("Sprint 9999").waitFor();
    const last = tree.asked();
    expect(last.rows - first.rows).toBeLessThan(45);
    // The last ids of the last department, with those beside them.
    expect(last.ids).toBeLessThan(140);

    // Through all of it, by jumps, as who drags the bar: what passes by is not loaded.
    await tree.tree.evaluate(async (element) => {
      while (element.scrollTop > 0) {
        element.scrollTop -= 2_000;
        await new Promise(requestAnimationFrame);
      }
    });
    await tree.row("Minutes 1").waitFor();
    expect(tree.asked().rows - last.rows).toBeLessThan(200);
    expect(tree.errors).toEqual([]);
    await tree.close();
  });

  test("edits in place, gives up, adds, takes back, and deletes what has nothing in it", async () => {
    const tree = await openDepartmentsPage(browser, demo.url);
    await tree.page.getByRole("button", { name: "Porto" }).click();
    await tree.open("Legal, Porto");
    const rename = tree.page.getByRole("button", { name: "Rename" });
    await tree.row("Legal, Porto").click();
    await rename.click();
    await tree.write("never saved", "Escape");
    await tree.row("Legal, Porto").waitFor();
    await rename.click();
    await tree.write("   ");
    await tree.row("Legal, Porto").waitFor();
    await rename.click();
    await tree.write("Law, Porto");
    await tree.row("Law, Porto").waitFor();

    const sprint = tree.page.getByRole("button", { name: "Sprint" });
    await sprint.click();
    await tree.tree.getByRole("textbox", { name: "Name of the new sprint" }).waitFor();
    await tree.write("never added", "Escape");
    await sprint.click();
    await tree.write("The last sprint");
    await tree.row("The last sprint").waitFor();
    expect(await tree.row("The last sprint").getAttribute("aria-posinset")).toBe("1333");

    await tree.page.getByRole("button", { name: "Department" }).click();
    await tree.write("Space, Porto");
    await tree.row("Space, Porto").waitFor();
    await tree.page.getByText("10 departments").waitFor();
    const remove = tree.page.getByRole("toolbar").getByRole("button", { name: "Delete" });
    await tree.page.getByRole("button", { name: "Folder" }).click();
    await tree.write("Stars");
    await tree.row("Stars").waitFor();
    await tree.row("Space, Porto").click();
    await expect.poll(() => remove.isDisabled()).toBe(true);
    await tree.row("Stars").click();
    await remove.click();
    await tree.row("Stars").getByRole("button", { name: "Keep" }).click();
    await remove.click();
    await tree.row("Stars").getByRole("button", { name: "Delete" }).click();
    await tree.row("Stars").waitFor({ state: "detached" });
    await tree.row("Space, Porto").click();
    await remove.click();
    await tree.row("Space, Porto").getByRole("button", { name: "Delete" }).click();
    await tree.row("Space, Porto").waitFor({ state: "detached" });
    await tree.page.getByText("9 departments").waitFor();

    await tree.page.reload();
    await tree.page.getByRole("button", { name: "Porto" }).click();
    await tree.row("Law, Porto").getByText("1,333").waitFor();
    expect(tree.errors).toEqual([]);
    await tree.close();
  });

  test("everything is done by keyboard alone, and the focus stays in the tree", async () => {
    const tree = await openDepartmentsPage(browser, demo.url);
    const { keyboard } = tree.page;
    const active = () =>
      tree.page.evaluate(() => {
        const id = document.activeElement?.getAttribute("aria-activedescendant");
        return document.getElementById(id ?? "")?.querySelector(".name")?.textContent;
      });
    await tree.tree.focus();
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await expect.poll(active).toBe("Design, Dublin");
    await keyboard.press("ArrowRight");
    await tree.row("Proposal 3").waitFor();
    await keyboard.press("ArrowRight");
    await expect.poll(active).toBe("Proposal 3");
    await keyboard.press("F2");
    await keyboard.type("Proposal of ours");
    await keyboard.press("Enter");
    await expect.poll(active).toBe("Proposal of ours");
    await keyboard.press("F2");
    await keyboard.type("not this");
    await keyboard.press("Escape");
    await expect.poll(active).toBe("Proposal of ours");
    await keyboard.press("Delete");
    await keyboard.press("Escape");
    await keyboard.press("Delete");
    await keyboard.press("Delete");
    await tree.row("Proposal of ours").waitFor({ state: "detached" });
    await expect.poll(active).toBe("Proposal 33");
    await keyboard.press("End");
    await expect.poll(active).toBe("Facilities, Dublin");
    await keyboard.press("Home");
    await expect.poll(active).toBe("Finance, Dublin");
    await keyboard.press("PageDown");
    await expect.poll(active).toMatch(/^Proposal \d+$/);
    await keyboard.press("ArrowLeft");
    await expect.poll(active).toBe("Design, Dublin");
    await keyboard.press("ArrowLeft");
    await expect.poll(() => tree.tree.locator(".row.child").count()).toBe(0);
    expect(tree.errors).toEqual([]);
    await tree.close();
  });

  test("P4: offline it says so and shows what it has; connected again it has what was missed", async () => {
    const cable = await layCable(demo.port);
    const tree = await openDepartmentsPage(browser, cable.url);
    await tree.open("Sales, Dublin");
    cable.pullOut();
    await tree.says("offline");
    expect(await tree.names()).toContain("Proposal 8");
    await sqlFromElsewhere(demo.file, "UPDATE docs SET name = 'Proposal from elsewhere' WHERE id = 'doc-7'");
    await tree.row("Proposal 38").dblclick();
    await tree.write("Written offline");
    await tree.row("Written offline").getByText("saving").waitFor();
    cable.putBack();
    await tree.says("live");
    await tree.row("Proposal from elsewhere").waitFor();
    await tree.row("Written offline").getByText("saving").waitFor({ state: "detached" });
    await tree.row("Written offline").waitFor();
    await tree.close();
    cable.close();
  });
});
