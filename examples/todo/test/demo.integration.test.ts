import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, failDemo, removeFolder, startDemo } from "./demo-process.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});

afterAll(async () => {
  await demo.stop();
  await removeFolder(demo.folder);
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
}

async function ask(path: string, { method = "GET", body, cookie }: Asked = {}) {
  const response = await fetch(`${demo.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

async function signIn(user: string): Promise<string> {
  const { headers } = await ask("/session", { method: "POST", body: { user } });
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** A value from the file, past the server. */
function fromFile(sql: string): unknown {
  const database = new DatabaseSync(demo.file, { readOnly: true });
  try {
    return Object.values(database.prepare(sql).get() ?? {})[0];
  } finally {
    database.close();
  }
}

test("the committed migrations make exactly the tables of the schema", async () => {
  const copy = await mkdtemp(join(tmpdir(), "todo-migrations-"));
  await cp(join(root, "migrations"), copy, { recursive: true });
  const require = createRequire(import.meta.url);
  const kit = join(dirname(require.resolve("drizzle-kit")), "bin.cjs");
  const args = [
    "generate",
    "--dialect",
    "sqlite",
    "--schema",
    join(root, "schema.ts"),
    "--out",
    relative(root, copy),
  ];
  const { stdout } = await run(process.execPath, [kit, ...args], { cwd: root });
  expect(stdout).toContain("No schema changes, nothing to migrate");
  await removeFolder(copy);
});

test("a new demo holds the seeded rows, and everybody sees the shared half of the tasks", async () => {
  expect(fromFile("SELECT count(*) FROM lists")).toBeGreaterThanOrEqual(40);
  expect(fromFile("SELECT count(*) FROM tasks")).toBeGreaterThanOrEqual(1_000);
  const shared = fromFile("SELECT count(*) FROM tasks WHERE ownerId IS NULL");
  expect((await ask("/api/tasks/?limit=1")).body.count).toBe(shared);
  expect((await ask("/api/patients/?limit=1")).body).toMatchObject({
    count: 500,
    results: [
      { id: 1, firstName: expect.any(String), birthDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    ],
  });
  expect(Object.keys((await ask("/api/patients/1/")).body)).toEqual([
    "id",
    "firstName",
    "lastName",
    "birthDate",
    "ward",
    "status",
    "notes",
  ]);
});

test("the lines that the demo prints work when they are pasted into a terminal", async () => {
  const [curl = "", sql = ""] = [...demo.output.matchAll(/\$ (.*)/g)].map(([, line]) => line ?? "");
  const id = Number(/tasks\/(\d+)\//.exec(curl)?.[1]);
  const listId = Number(/listId = (\d+)/.exec(sql)?.[1]);
  expect((await ask(`/api/tasks/${id}/`)).body).toMatchObject({ done: false, listId });
  await run("bash", ["-c", curl]);
  expect((await ask(`/api/tasks/${id}/`)).body.done).toBe(true);

  const open = (await ask(`/api/tasks/?listId=${listId}&done=false`)).body.count;
  const done = (await ask(`/api/tasks/?listId=${listId}&done=true`)).body.count;
  await run("bash", ["-c", sql], { cwd: demo.folder });
  expect((await ask(`/api/tasks/?listId=${listId}&done=false`)).body.count).toBe(done);
  expect((await ask(`/api/tasks/?listId=${listId}&done=true`)).body.count).toBe(open);
});

test("private lists and their tasks are for their owner only", async () => {
  const [ada, ben] = await Promise.all([signIn("ada"), signIn("ben")]);
  const list = fromFile("SELECT id FROM lists WHERE ownerId = 'ada'");
  const task = fromFile(`SELECT id FROM tasks WHERE listId = ${list}`);
  for (const cookie of [ben, "", "todo_session=YWRh.99999999999999.AAAA"]) {
    expect((await ask(`/api/lists/${list}/`, { cookie })).status).toBe(404);
    expect((await ask(`/api/tasks/${task}/`, { cookie })).status).toBe(404);
    expect((await ask(`/api/tasks/${task}/`, { cookie, method: "PATCH", body: { done: true } })).status).toBe(
      404,
    );
    expect((await ask(`/api/tasks/${task}/`, { cookie, method: "DELETE" })).status).toBe(404);
    expect((await ask(`/api/tasks/?listId=${list}`, { cookie })).body.count).toBe(0);
    const smuggled = await ask("/api/tasks/", { cookie, method: "POST", body: { text: "x", listId: list } });
    expect(smuggled.body).toMatchObject({ status: 400, errors: [{ path: ["listId"], code: "not_found" }] });
  }
  expect((await ask(`/api/tasks/${task}/`, { cookie: ada })).body).toMatchObject({ id: task, listId: list });
});

test("nobody makes a list another's, or a guest his own", async () => {
  const ada = await signIn("ada");
  const stolen = { method: "POST", body: { name: "A present from Ada", ownerId: "ben" } };
  expect((await ask("/api/lists/", { ...stolen, cookie: ada })).body.code).toBe("outside_scope");
  expect((await ask("/api/lists/", stolen)).body.code).toBe("outside_scope");
  expect((await ask("/api/lists/1/", { method: "PATCH", body: { ownerId: "ada" } })).body.code).toBe(
    "outside_scope",
  );
  expect(fromFile("SELECT count(*) FROM lists WHERE name = 'A present from Ada'")).toBe(0);
  const written = await ask("/api/tasks/", {
    method: "POST",
    body: { text: "x", listId: 1, ownerId: "ada" },
  });
  expect(written.body).toMatchObject({ status: 400, errors: [{ path: ["ownerId"] }] });
});

test("a task that is moved, or whose list is shared, goes with its list", async () => {
  const ada = await signIn("ada");
  const { body: list } = await ask("/api/lists/", {
    method: "POST",
    cookie: ada,
    body: { name: "Mine", ownerId: "ada" },
  });
  const { body: task } = await ask("/api/tasks/", {
    method: "POST",
    body: { text: "  Seen by all  ", listId: 1 },
  });
  expect(task).toEqual({ id: task.id, text: "Seen by all", done: false, listId: 1 });
  const moved = await ask(`/api/tasks/${task.id}/`, {
    method: "PATCH",
    cookie: ada,
    body: { listId: list.id },
  });
  expect(moved.body).toEqual({ ...task, listId: list.id });
  expect((await ask(`/api/tasks/${task.id}/`)).status).toBe(404);
  await ask(`/api/lists/${list.id}/`, { method: "PATCH", cookie: ada, body: { ownerId: null } });
  expect((await ask(`/api/tasks/${task.id}/`)).body.listId).toBe(list.id);
});

test("a deleted task comes back under its id, but no other id can be chosen", async () => {
  const { body: task } = await ask("/api/tasks/", {
    method: "POST",
    body: { text: "Comes back", listId: 2 },
  });
  expect((await ask(`/api/tasks/${task.id}/`, { method: "DELETE" })).status).toBe(204);
  expect((await ask("/api/tasks/", { method: "POST", body: task })).body).toEqual(task);
  expect((await ask("/api/tasks/", { method: "POST", body: task })).status).toBe(409);
  const chosen = await ask("/api/tasks/", { method: "POST", body: { ...task, id: 4_000_000 } });
  expect(chosen.body).toMatchObject({ status: 400, errors: [{ path: ["id"] }] });
});

test("the actions complete one task, and clear the done ones of a list", async () => {
  const { body: list } = await ask("/api/lists/", {
    method: "POST",
    body: { name: "To be cleared", ownerId: null },
  });
  const add = async (text: string) =>
    (await ask("/api/tasks/", { method: "POST", body: { text, listId: list.id } })).body;
  const [first, second] = [await add("one"), await add("two")];
  expect((await ask(`/api/tasks/${first.id}/complete/`, { method: "POST" })).body).toEqual({
    completed: first.id,
  });
  expect((await ask(`/api/lists/${list.id}/clearDone/`, { method: "POST" })).body).toEqual({ deleted: 1 });
  expect((await ask(`/api/tasks/?listId=${list.id}`)).body.results).toEqual([second]);
});

test("the page and its files are served by the same server", async () => {
  const page = await fetch(`${demo.url}/`);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  expect((await fetch(`${demo.url}${script}`)).headers.get("cache-control")).toContain("immutable");
});

test("a port that is in use, or none, ends the demo with a sentence and code 1", async () => {
  const taken = await failDemo(demo.port, ["--data", demo.folder]);
  expect(taken).toEqual({ code: 1, stderr: expect.stringContaining(`Port ${demo.port} is in use`) });
  expect(taken.stderr.trim().split("\n")).toHaveLength(1);
  expect(await failDemo("http", [])).toEqual({
    code: 1,
    stderr: 'PORT is "http"; it must be a number from 0 to 65535.\n',
  });
  expect(await failDemo(0, ["--rest"])).toMatchObject({ code: 1, stderr: expect.stringContaining("--rest") });
});

test("SIGTERM ends it well, what was written stays, and --reset starts anew", async () => {
  const first = await startDemo();
  const { id } = await (await fetch(`${first.url}/api/tasks/?limit=1`))
    .json()
    .then(({ results }) => results[0]);
  const patch = { method: "PATCH", headers: { "content-type": "application/json" }, body: '{"text":"Kept"}' };
  await fetch(`${first.url}/api/tasks/${id}/`, patch);
  const secret = await readFile(join(first.folder, "secret"));
  expect(await first.stop("SIGTERM")).toBe(0);

  const textOf = async (one: Demo) => (await (await fetch(`${one.url}/api/tasks/${id}/`)).json()).text;
  const second = await startDemo({ folder: first.folder });
  expect(await textOf(second)).toBe("Kept");
  expect(await readFile(join(first.folder, "secret"))).toEqual(secret);
  expect((await stat(join(first.folder, "secret"))).mode & 0o777).toBe(0o600);
  await second.stop();

  const third = await startDemo({ folder: first.folder, args: ["--reset"] });
  expect(await textOf(third)).not.toBe("Kept");
  await third.stop();
  await removeFolder(first.folder);
});
