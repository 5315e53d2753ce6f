import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

test("a created row is answered with its place", async () => {
  const server = await serveTasks();
  const answer = await ask(server, "POST", "/api/tasks/", {
    body: { text: "New", due: "2026-01-02T03:04:05Z" },
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("location")).toBe("http://localhost/api/tasks/5/");
  const row = {
    id: 5,
    text: "New",
    done: false,
    due: "2026-01-02T03:04:05.000Z",
    listId: null,
    label: "☐ New",
  };
  expect(answer.body).toEqual(row);
  expect(await ask(server, "GET", "/api/tasks/5")).toMatchObject({ status: 200, body: row });
});

test("all faults of a body are named at once", async () => {
  const server = await serveTasks();
  const body = { done: "yes", due: "someday", listId: 1.5, ownerId: 8, label: "x", colour: "red" };
  const answer = await ask(server, "POST", "/api/tasks/", { body });
  expect(answer.status).toBe(400);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const { errors } = answer.body as { errors: { path: string[]; code: string }[] };
  expect(errors.map(({ path, code }) => `${path.join(".")} ${code}`).sort()).toEqual([
    "colour unknown",
    expect.stringMatching(/^done /),
    expect.stringMatching(/^due /),
    "label read_only",
    expect.stringMatching(/^listId /),
    "ownerId unknown",
    "text required",
  ]);
});

test("what the table says of its columns holds for bodies", async () => {
  const server = await serveTasks();
  expect(await ask(server, "POST", "/api/tasks/", { body: { text: "x".repeat(41) } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["text"], code: "too_big" }] },
  });
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { text: null } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["text"], code: "null" }] },
  });
});

test.each([[[]], ["text"], [null], [1]])("a body of %j is refused", async (body) => {
  const server = await serveTasks();
  expect(await ask(server, "POST", "/api/tasks/", { body })).toMatchObject({
    status: 400,
    body: { code: "invalid" },
  });
});

test("PUT wants all required fields, PATCH only what changes", async () => {
  const server = await serveTasks();
  expect(await ask(server, "PUT", "/api/tasks/1/", { body: { done: true } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["text"], code: "required" }] },
  });
  expect(
    await ask(server, "PUT", "/api/tasks/1/", { body: { id: 1, text: "All", done: true } }),
  ).toMatchObject({
    status: 200,
    body: { id: 1, text: "All", done: true, listId: 1 },
  });
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { done: false } })).toMatchObject({
    status: 200,
    body: { text: "All", done: false },
  });
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: {} })).toMatchObject({
    status: 200,
    body: { text: "All" },
  });
});

test("a key stays", async () => {
  const server = await serveTasks();
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { id: 9 } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["id"], code: "read_only" }] },
  });
});

test("a row outside the scope is as absent as one that is not", async () => {
  const server = await serveTasks();
  for (const path of [
    "/api/tasks/3/",
    "/api/tasks/99/",
    "/api/tasks/abc/",
    "/api/tasks/01/",
    "/api/tasks/1.0/",
  ]) {
    for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]] as const) {
      const answer = await ask(server, method, path, body === undefined ? {} : { body });
      expect([path, answer.status, answer.body]).toMatchObject([path, 404, { code: "not_found" }]);
    }
  }
});

test("a permission that nobody has is 401, one that somebody lacks is 403", async () => {
  const server = await serveTasks();
  const body = { text: "a" };
  expect(await ask(server, "POST", "/api/tasks/", { user: null, body })).toMatchObject({
    status: 401,
    body: { code: "unauthenticated" },
  });
  expect(await ask(server, "DELETE", "/api/tasks/2/")).toMatchObject({
    status: 403,
    body: { code: "forbidden" },
  });
});

test("a deleted row is answered with nothing", async () => {
  const server = await serveTasks();
  expect(await ask(server, "DELETE", "/api/tasks/1/")).toMatchObject({ status: 204, body: undefined });
  expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ status: 404 });
});

test("what contradicts other data is a conflict", async () => {
  const server = await serveTasks();
  expect(await ask(server, "POST", "/api/lists/", { body: { name: "Home" } })).toMatchObject({
    status: 409,
    body: { code: "conflict" },
  });
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { listId: 99 } })).toMatchObject({
    status: 409,
  });
  expect(await ask(server, "DELETE", "/api/lists/1/")).toMatchObject({ status: 409 });
});

test("If-Match lets only the version pass that the writer saw", async () => {
  const server = await serveTasks();
  const etag = String((await ask(server, "GET", "/api/tasks/1/")).headers.get("etag"));
  const patch = (text: string, match: string) =>
    ask(server, "PATCH", "/api/tasks/1/", { body: { text }, headers: { "if-match": match } });
  expect(await patch("weak", `W/${etag}`)).toMatchObject({
    status: 412,
    body: { code: "precondition_failed" },
  });
  const first = await patch("first", `"other", ${etag}`);
  expect(first).toMatchObject({ status: 200, body: { text: "first" } });
  expect(await patch("late", etag)).toMatchObject({ status: 412 });
  expect(await patch("again", String(first.headers.get("etag")))).toMatchObject({ status: 200 });
  expect(await patch("any", "*")).toMatchObject({ status: 200 });
  expect(await ask(server, "DELETE", "/api/tasks/1/", { headers: { "if-match": etag } })).toMatchObject({
    status: 412,
  });
});

test("an unchanged row is not sent again", async () => {
  const server = await serveTasks();
  const etag = String((await ask(server, "GET", "/api/tasks/1/")).headers.get("etag"));
  const answer = await ask(server, "GET", "/api/tasks/1/", { headers: { "if-none-match": etag } });
  expect([answer.status, answer.body, answer.headers.get("etag")]).toEqual([304, undefined, etag]);
});

test("P6: a write with an idempotency key is applied once, and gets its first answer again", async () => {
  const server = await serveTasks();
  const headers = { "idempotency-key": "m1" };
  const first = await ask(server, "POST", "/api/tasks/", { body: { text: "once", done: true }, headers });
  const second = await ask(server, "POST", "/api/tasks/", { body: { done: true, text: "once" }, headers });
  expect(second.body).toEqual(first.body);
  expect(second.headers.get("location")).toBe(first.headers.get("location"));
  expect(await server.db.all(sql`select count(*) as n from tasks where text = 'once'`)).toEqual([{ n: 1 }]);
  expect(await ask(server, "POST", "/api/tasks/", { body: { text: "other" }, headers })).toMatchObject({
    status: 409,
    body: { code: "mutation_reused" },
  });
  expect(
    await ask(server, "POST", "/api/tasks/", {
      body: { text: "x" },
      headers: { "idempotency-key": "m".repeat(256) },
    }),
  ).toMatchObject({ status: 400 });
});

test("an action on a row runs in its scope and answers what it returns", async () => {
  const server = await serveTasks();
  expect(await ask(server, "POST", "/api/tasks/1/complete/")).toMatchObject({
    status: 200,
    body: { completed: 1, at: "1970-01-01T00:00:00.000Z" },
  });
  expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ body: { done: true } });
  expect(await ask(server, "POST", "/api/tasks/3/complete/")).toMatchObject({ status: 404 });
  expect(await ask(server, "POST", "/api/tasks/1/complete/", { body: { x: 1 } })).toMatchObject({
    status: 400,
  });
  expect(await ask(server, "GET", "/api/tasks/1/complete/")).toMatchObject({ status: 405 });
  expect(await ask(server, "POST", "/api/tasks/1/nothing/")).toMatchObject({ status: 404 });
});

test("an action on the resource checks its input and its permission", async () => {
  const server = await serveTasks();
  expect(await ask(server, "POST", "/api/tasks/clear/", { body: { done: 1 } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["done"] }] },
  });
  expect(await ask(server, "POST", "/api/tasks/clear/", { user: null, body: { done: true } })).toMatchObject({
    status: 401,
  });
  expect(await ask(server, "POST", "/api/tasks/clear/", { body: { done: true } })).toMatchObject({
    status: 204,
  });
  expect(await ask(server, "GET", "/api/tasks/2/")).toMatchObject({ status: 404 });
});
