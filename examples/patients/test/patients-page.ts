import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** The application as a person uses it, in a browser context of its own. */
export interface PatientsPage {
  readonly page: Page;
  /** What the browser has complained about. */
  readonly errors: readonly string[];
  /** The row of a patient in the list. */
  row(id: number): Locator;
  field(label: string): Locator;
  logIn(name: "Ada" | "Ben"): Promise<void>;
  /** Opens a patient by his row. */
  open(id: number): Promise<void>;
  says(state: "Connected" | "Not connected"): Promise<void>;
  close(): Promise<void>;
}

/** Opens a page of the application in a new context. */
export async function openPatientsPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<PatientsPage> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  const row = (id: number) => page.locator(`.rows a[data-id="${id}"]`);
  await page.goto(url);
  return {
    page,
    errors,
    row,
    field: (label) => page.getByLabel(label, { exact: true }),
    async logIn(name) {
      await page.getByRole("button", { name: `Log in as ${name}` }).click();
      await page.getByText("500 of 500 patients").waitFor();
    },
    async open(id) {
      await row(id).click();
      await page.locator(".sheet .facts").getByText(`No. ${id}`, { exact: true }).waitFor();
    },
    says: (state) => page.locator(".connection").getByText(state, { exact: true }).waitFor(),
    close: () => context.close(),
  };
}
