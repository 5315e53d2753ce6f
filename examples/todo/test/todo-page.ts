import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type Frame, watchFrames } from "./frames.ts";

/** The demo's page as a person uses it, in a browser context of its own. */
export interface TodoPage {
  readonly page: Page;
  readonly sent: readonly Frame[];
  readonly received: readonly Frame[];
  /** What the browser has complained about. */
  readonly errors: readonly string[];
  /** The row of a task. */
  task(text: string): Locator;
  /** The texts of all tasks shown, from top to bottom; not of those that are fading out. */
  texts(): Promise<string[]>;
  box(text: string): Locator;
  link(list: string): Locator;
  /** Opens a list by its name, and waits for its tasks. */
  open(list: string): Promise<void>;
  add(text: string): Promise<void>;
  become(name: "Guest" | "Ada" | "Ben"): Promise<void>;
  /** Waits until the page says how its connection stands. */
  says(state: RegExp, timeout?: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the demo in a new context, and waits until it is live. */
export async function openTodoPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<TodoPage> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1180, height: 820 },
    ...options,
  });
  const page = await context.newPage();
  const frames = watchFrames(page);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  const task = (text: string) =>
    page.locator(".list li").filter({ has: page.getByText(text, { exact: true }) });
  const link = (list: string) => page.getByRole("link", { name: list });
  const todo: TodoPage = {
    page,
    ...frames,
    errors,
    task,
    texts: () => page.locator(".list li:not(.task-leave-active) .text").allTextContents(),
    box: (text) => page.getByRole("checkbox", { name: text, exact: true }),
    link,
    async open(list) {
      await link(list).click();
      await page.getByRole("heading", { level: 1, name: list }).waitFor();
      await page.locator(".list li, .tasks .empty").first().waitFor();
    },
    async add(text) {
      await page.getByRole("textbox", { name: "New task" }).fill(text);
      await page.keyboard.press("Enter");
    },
    async become(name) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.getByText(`You are ${name === "Guest" ? "a guest" : name}`).waitFor();
      await todo.says(/^Live/);
    },
    says: (state, timeout = 10_000) =>
      page.locator(".connection").filter({ hasText: state }).waitFor({ timeout }),
    close: () => context.close(),
  };
  await page.goto(url);
  await todo.says(/Live/);
  return todo;
}
