import { mkdirSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { layCable } from "../../todo/test/cable.ts";
import { type Demo, removeFolder, sqlFromElsewhere, startDemo } from "../../todo/test/demo-process.ts";
import { openPatientsPage, type PatientsPage } from "./patients-page.ts";

const found = await browserForTests();
const second = 1_000;
const pictures = `${import.meta.dirname}/../../../test-results/patients/`;

describe.skipIf(found === null)("the patients in Chromium", () => {
  let demo: Demo;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    demo = await startDemo();
    url = `${demo.url}/patients/`;
    browser = await chromium.launch(found ?? {});
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await removeFolder(demo?.folder);
  });

  const picture = ({ page }: PatientsPage, name: string) =>
    page.screenshot({ path: `${pictures}${name}.png`, animations: "disabled" });
  const kept = ({ page }: PatientsPage) => page.evaluate(() => localStorage.getItem("vuex"));

  test("they are listed, filtered, opened by their number and edited; a change elsewhere appears within a second", async () => {
    const [ada, ben] = await Promise.all([openPatientsPage(browser, url), openPatientsPage(browser, url)]);
    await picture(ada, "login");
    await Promise.all([ada.logIn("Ada"), ben.logIn("Ben")]);
    await ada.says("Connected");

    await ada.field("Only this ward").selectOption("Cardiology");
    await ada.field("Only this status").selectOption("waiting");
    await expect.poll(() => ada.page.locator(".rows li").count()).toBeLessThan(40);
    expect(new Set(await ada.page.locator(".rows .chip").allTextContents())).toEqual(new Set(["waiting"]));
    await picture(ada, "filtered");
    await ada.page.getByRole("button", { name: "Show all" }).click();

    await ada.field("Search by name or number").fill("25");
    await ada.open(25);
    await ben.page.goto(`${url}#/25`);
    await ben.page.locator(".sheet").waitFor();
    await ada.field("Notes").fill("Asked for by Ada.");
    await ada.field("Ward").selectOption("Emergency");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => ben.field("Notes").inputValue(), { timeout: second }).toBe("Asked for by Ada.");
    await ben.row(25).getByText("Emergency").waitFor({ timeout: second });
    await ada.page.getByText("Saved", { exact: true }).waitFor();
    await picture(ada, "desktop");

    await sqlFromElsewhere(
      demo.file,
      "UPDATE patients SET status = 'discharged', firstName = 'Quirin' WHERE id = 25",
    );
    await ben.row(25).getByText("discharged").waitFor({ timeout: second });
    await ben.page.getByRole("heading", { name: /^Quirin / }).waitFor({ timeout: second });
    expect([ada.errors, ben.errors]).toEqual([[], []]);
    await Promise.all([ada.close(), ben.close()]);
  });

  test("what somebody else writes into a field that is being written is shown, and nothing is overwritten unseen", async () => {
    const ada = await openPatientsPage(browser, `${url}#/30`);
    await ada.logIn("Ada");
    await ada.field("Notes").fill("Mine.");
    await ada.row(30).getByText("not saved").waitFor();
    await sqlFromElsewhere(
      demo.file,
      "UPDATE patients SET notes = 'Theirs.', ward = 'Maternity' WHERE id = 30",
    );
    await ada.page.getByText("Meanwhile somebody else wrote “Theirs.”").waitFor();
    await picture(ada, "conflict");
    expect(await ada.field("Ward").inputValue()).toBe("Maternity");
    await ada.open(31);
    await ada.open(30);
    expect(await ada.field("Notes").inputValue()).toBe("Mine.");
    await ada.page.getByRole("button", { name: "Take that" }).click();
    expect(await ada.field("Notes").inputValue()).toBe("Theirs.");
    expect(await ada.page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await ada.close();
  });

  test("a refusal is told where it arises, and a patient who is gone is said to be", async () => {
    const ada = await openPatientsPage(browser, `${url}#/40`);
    await ada.logIn("Ada");
    await ada.field("First name").fill("x".repeat(65));
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.page.locator(".sheet").getByRole("alert").waitFor();
    await picture(ada, "error");
    await ada.page.getByRole("button", { name: "Discard" }).click();
    await sqlFromElsewhere(demo.file, "DELETE FROM patients WHERE id = 40");
    await ada.page.getByText("There is no such patient").waitFor();
    await sqlFromElsewhere(
      demo.file,
      "INSERT INTO patients (id, firstName, lastName, birthDate, ward, status) VALUES (40, 'Nora', 'Neu', '1990-05-06', 'Surgery', 'waiting')",
    );
    await ada.page.getByRole("heading", { name: "Nora Neu" }).waitFor();
    await ada.close();
  });

  test("the page says whether it is connected, shows what it had, and catches up", async () => {
    const cable = await layCable(demo.port);
    const ada = await openPatientsPage(browser, `${cable.url}/patients/#/50`);
    await ada.logIn("Ada");
    await ada.says("Connected");
    cable.pullOut();
    await ada.says("Not connected");
    await ada.page.getByText("This is what was here last.").waitFor();
    await ada.field("Notes").fill("Written offline.");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.page.getByText("Waits for the connection").waitFor();
    await picture(ada, "offline");
    await sqlFromElsewhere(demo.file, "UPDATE patients SET status = 'observation' WHERE id = 50");
    cable.putBack();
    // Unless it has connected by itself before.
    const tried = ada.page.getByRole("button", { name: "Try now" }).click();
    await Promise.race([tried, ada.says("Connected")]);
    await ada.says("Connected");
    await ada.row(50).getByText("observation").waitFor();
    await ada.page.getByText("Saved", { exact: true }).waitFor();
    await ada.close();
    cable.close();
  });

  test("the state is kept in the browser but for the socket, shown before the server has answered, and cleared at the logout", async () => {
    const ada = await openPatientsPage(browser, `${url}#/60`);
    await ada.logIn("Ada");
    await ada.field("Only this ward").selectOption("Surgery");
    const state = JSON.parse((await kept(ada)) ?? "{}");
    expect(Object.keys(state).sort()).toEqual(["auth", "filter", "patientData"]);
    expect([state.auth.user.id, state.filter.ward, state.patientData.length]).toEqual([
      "ada",
      "Surgery",
      500,
    ]);
    await ada.page.routeWebSocket("**/ws/", (socket) => socket.close());
    await ada.page.reload();
    await ada.page.locator(".rows li").first().waitFor();
    expect(await ada.field("Only this ward").inputValue()).toBe("Surgery");
    const tab = await ada.page.context().newPage();
    await tab.goto(url);
    await tab.getByText("of 500 patients").waitFor();
    await ada.page.getByRole("button", { name: "Log out" }).click();
    await ada.page.getByRole("button", { name: "Log in as Ada" }).waitFor();
    await tab.getByRole("button", { name: "Log in as Ada" }).waitFor();
    expect(await kept(ada)).toBeNull();
    await ada.page.reload();
    await ada.page.getByRole("button", { name: "Log in as Ben" }).waitFor();
    await ada.close();
  });

  test("everything is done by keyboard alone", async () => {
    const ada = await openPatientsPage(browser, url);
    const { keyboard } = ada.page;
    await ada.page.getByRole("button", { name: "Log in as Ada" }).waitFor();
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await ada.page.getByText("500 of 500 patients").waitFor();
    await keyboard.press("/");
    await keyboard.type("no");
    const rows = ada.page.locator(".rows a");
    await expect.poll(() => rows.count()).toBeLessThan(200);
    for (let presses = 0; presses < 8 && (await focusedRow(ada)) === null; presses += 1)
      await keyboard.press("Tab");
    const first = await focusedRow(ada);
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowUp");
    const next = await focusedRow(ada);
    expect([first, next]).toEqual([
      await rows.nth(0).getAttribute("data-id"),
      await rows.nth(1).getAttribute("data-id"),
    ]);
    await keyboard.press("Enter");
    await ada.page.locator(".sheet .facts").getByText(`No. ${next}`, { exact: true }).waitFor();
    await keyboard.press("Tab");
    await picture(ada, "keyboard");
    await keyboard.type("K");
    await keyboard.press("Control+Enter");
    await ada.page.getByText("Saved", { exact: true }).waitFor();
    await ada.close();
  });

  test("it fits a phone, light and dark, filled and empty", async () => {
    const phone = {
      viewport: { width: 360, height: 740 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    };
    const ada = await openPatientsPage(browser, url, { ...phone, colorScheme: "dark" });
    const overflow = () => ada.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await picture(ada, "phone-login-dark");
    await ada.logIn("Ada");
    expect(await overflow()).toBe(0);
    await picture(ada, "phone-dark");
    await ada.page.emulateMedia({ colorScheme: "light" });
    await ada.open(70);
    expect(await overflow()).toBe(0);
    await picture(ada, "phone-sheet");
    await ada.page.getByRole("link", { name: "All patients" }).tap();
    await ada.field("Search by name or number").fill("nobody is called so");
    await ada.page.getByText("Nobody here fits").waitFor();
    await picture(ada, "phone-empty");
    await ada.page.routeWebSocket("**/ws/", (socket) => socket.close());
    await ada.page.reload();
    await ada.says("Not connected");
    expect(await overflow()).toBe(0);
    await picture(ada, "phone-offline");
    await ada.close();
    const dark = await openPatientsPage(browser, `${url}#/71`, { colorScheme: "dark" });
    await dark.logIn("Ben");
    await picture(dark, "dark");
    await dark.page.goto(`${url}#/99999`);
    await dark.page.getByText("There is no such patient").waitFor();
    await dark.close();
  });

  test("the tutorial's own steps work with the real dcrf-client", async () => {
    const { page, errors, close } = await openPatientsPage(browser, `${url}tutorial.html`);
    await page.locator(".connected").getByText("true").waitFor();
    await page.locator(".length").getByText("500 patients").waitFor();
    await page.getByRole("spinbutton").fill("3");
    await expect.poll(() => page.locator("output").textContent()).toMatch(/ /);
    await sqlFromElsewhere(demo.file, "UPDATE patients SET firstName = 'Zenobia' WHERE id = 3");
    await page.getByRole("button", { name: "loadPatients" }).click();
    await page.locator("output").getByText("Zenobia").waitFor();
    await page.screenshot({ path: `${pictures}tutorial.png`, animations: "disabled" });
    expect(errors).toEqual([]);
    await close();
  });
});

/** The patient whose row has the focus. */
function focusedRow({ page }: PatientsPage): Promise<string | null> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id ?? null);
}
