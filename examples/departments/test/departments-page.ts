import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type Frame, watchFrames } from "../../todo/test/frames.ts";

/** The tree as a person uses it, in a browser context of its own. */
export interface DepartmentsPage {
  readonly page: Page;
  readonly tree: Locator;
  /** What the browser has complained about. */
  readonly errors: readonly string[];
  /** The row of that name. */
  row(name: string): Locator;
  /** The names of the rows that are there, from top to bottom. */
  names(): Promise<string[]>;
  /** How often rows or ids were asked for, and how many of them. */
  asked(): { readonly calls: number; readonly rows: number; readonly ids: number };
  open(department: string): Promise<void>;
  /** Brings the row into sight that stands so far below the top of the tree. */
  scrollTo(row: number): Promise<void>;
  /** Writes into the field that is open, and presses a key. */
  write(text: string, key?: "Enter" | "Escape"): Promise<void>;
  says(state: string): Promise<void>;
  close(): Promise<void>;
}

/** As in the page's tree/scroll.ts. */
const rowHeight = 36;

/** Opens the page in a new context, and waits until it shows departments and is live. */
export async function openDepartmentsPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<DepartmentsPage> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, ...options });
  const page = await context.newPage();
  const { sent } = watchFrames(page);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  const tree = page.getByRole("tree");
  const row = (name: string): Locator =>
    tree.getByRole("treeitem").filter({ has: page.getByText(name, { exact: true }) });
  const departments: DepartmentsPage = {
    page,
    tree,
    errors,
    row,
    names: () => tree.locator(".name").allTextContents(),
    asked: () => askedBy(sent),
    async open(department) {
      await row(department).getByRole("button", { name: "Expand" }).click();
      await tree.locator(".row.child .name").first().waitFor();
    },
    scrollTo: (index) => tree.evaluate((element, top) => element.scrollTo({ top }), index * rowHeight),
    async write(text, key = "Enter") {
      await tree.getByRole("textbox").fill(text);
      await page.keyboard.press(key);
    },
    says: (state) => page.locator(`.connection[data-state="${state}"]`).waitFor({ timeout: 15_000 }),
    close: () => context.close(),
  };
  await page.goto(`${url}/departments/`);
  await tree.locator(".row .name").first().waitFor();
  await departments.says("live");
  return departments;
}

function askedBy(sent: readonly Frame[]): { calls: number; rows: number; ids: number } {
  const by = (action: string) => sent.filter((frame) => frame.action === action);
  const dataOf = (frame: Frame) => frame.data as { ids?: unknown[]; length?: number } | unknown[];
  const rows = by("by-ids").map((frame) => {
    const data = dataOf(frame);
    return Array.isArray(data) ? data.length : (data.ids?.length ?? 0);
  });
  const ids = by("indexes").map((frame) => (dataOf(frame) as { length?: number }).length ?? 0);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  return { calls: rows.length + ids.length, rows: sum(rows), ids: sum(ids) };
}
