import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

const post = (operations: unknown, headers: Record<string, string> = {}) => ({
  body: { operations },
  headers,
});

test("a batch does several writes of several resources in one transaction, and answers each", async () => {
  const server = await serveTasks();
  const answer = await ask(
    server,
    "POST",
    "/api/",
    post([
      { resource: "notes", action: "create", data: { slug: "a", body: "b" } },
      { resource: "tasks", action: "patch", key: 1, data: { done: true } },
      { resource: "tasks", action: "create", data: { text: "New" } },
      { resource: "tasks", action: "complete", key: 5 },
      { resource: "tasks", action: "delete", key: 4 },
    ]),
  );
  expect(answer).toMatchObject({
    status: 200,
    body: [
      { status: 201, data: { slug: "a" }, key: "a" },
      { status: 200, data: { id: 1, done: true }, etag: expect.any(String) },
      { status: 201, data: { id: 5 } },
      { status: 200, data: { completed: 5 } },
      { status: 204, data: null, key: "4" },
    ],
  });
});

test.each([
  ["a permission", { resource: "tasks", action: "delete", key: 2 }, 403, "forbidden", ["operations", 1]],
  [
    "the input",
    { resource: "tasks", action: "patch", key: 1, data: { done: 3 } },
    400,
    "invalid",
    ["operations", 1, "done"],
  ],
  [
    "the scope",
    { resource: "tasks", action: "patch", key: 3, data: { text: "x" } },
    404,
    "not_found",
    ["operations", 1],
  ],
  [
    "a constraint",
    { resource: "notes", action: "create", data: { slug: "n", body: "" } },
    409,
    "conflict",
    ["operations", 1],
  ],
  [
    "its version",
    { resource: "tasks", action: "patch", key: 1, data: {}, ifMatch: "old" },
    412,
    "precondition_failed",
    ["operations", 1],
  ],
  ["its name", { resource: "tusks", action: "create", data: {} }, 404, "unknown_resource", ["operations", 1]],
  [
    "an action that is none",
    { resource: "notes", action: "burn", key: "n" },
    405,
    "method_not_allowed",
    ["operations", 1],
  ],
  ["that it reads", { resource: "notes", action: "list" }, 400, "invalid", ["operations", 1, "action"]],
  ["a missing key", { resource: "notes", action: "delete" }, 400, "invalid", ["operations", 1, "key"]],
])(
  "all or nothing: an operation that fails by %s is named, and those before it are undone",
  async (_, bad, status, code, path) => {
    const server = await serveTasks();
    const answer = await ask(
      server,
      "POST",
      "/api/",
      post([{ resource: "notes", action: "create", data: { slug: "n", body: "first" } }, bad]),
    );
    expect(answer).toMatchObject({
      status,
      body: { code, errors: [expect.objectContaining({ path: expect.arrayContaining(path as unknown[]) })] },
    });
    expect(await server.db.all(sql`select * from notes`)).toEqual([]);
  },
);

test("P6: repeated under its id a batch is done once and answered as the first time; for another one the id is refused", async () => {
  const server = await serveTasks();
  const headers = { "idempotency-key": "m1" };
  const operations = [{ resource: "tasks", action: "create", data: { text: "Once" } }];
  const first = await ask(server, "POST", "/api/", post(operations, headers));
  expect(await ask(server, "POST", "/api/", post(operations, headers))).toMatchObject({
    status: 200,
    body: first.body as object,
  });
  expect(await server.db.all(sql`select count(*) as n from tasks where text = 'Once'`)).toEqual([{ n: 1 }]);
  expect(await ask(server, "POST", "/api/", post([...operations, ...operations], headers))).toMatchObject({
    status: 409,
    body: { code: "mutation_reused" },
  });
});

test("a batch of another shape, of nothing or of too many is refused", async () => {
  const server = await serveTasks({ limits: { batchOperations: 2 } });
  const one = { resource: "notes", action: "delete", key: "x" };
  const refused = async (body: unknown) => (await ask(server, "POST", "/api/", { body })).body;
  expect(await refused([])).toMatchObject({ code: "invalid" });
  expect(await refused({})).toMatchObject({ errors: [{ path: ["operations"], code: "required" }] });
  expect(await refused({ operations: [{ resource: 1 }] })).toMatchObject({
    errors: [
      { path: ["operations", 0, "resource"], code: "type" },
      { path: ["operations", 0, "action"], code: "required" },
    ],
  });
  expect(await refused({ operations: [] })).toMatchObject({
    code: "invalid",
    errors: [{ path: ["operations"] }],
  });
  expect(await refused({ operations: [one, one, one] })).toMatchObject({ code: "limit_exceeded" });
});
