import { expect, test } from "vitest";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

test("the root names the resources", async () => {
  const server = await serveTasks();
  for (const path of ["/api", "/api/"]) {
    expect(await ask(server, "GET", path)).toMatchObject({
      status: 200,
      body: { tasks: "http://localhost/api/tasks/", notes: "http://localhost/api/notes/" },
    });
  }
});

test("a method that is not offered is answered with those that are", async () => {
  const server = await serveTasks();
  const answer = await ask(server, "DELETE", "/api/tasks/");
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST, HEAD, OPTIONS"]);
  expect(answer.body).toMatchObject({ code: "method_not_allowed", status: 405, title: expect.any(String) });
  expect((await ask(server, "PUT", "/api/")).status).toBe(405);
});

test("OPTIONS describes the resource, and nothing that is hidden", async () => {
  const server = await serveTasks();
  const answer = await ask(server, "OPTIONS", "/api/tasks/", { user: null });
  expect(answer.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
  expect(answer.body).toMatchObject({
    name: "tasks",
    key: ["id"],
    fields: {
      text: { kind: "text", nullable: false, readOnly: false, required: true },
      due: { kind: "date", nullable: true, required: false },
      label: { kind: "computed", readOnly: true },
    },
    filters: { text: ["exact", "icontains"] },
    orderBy: ["id", "text", "done"],
    actions: { complete: { detail: true }, clear: { detail: false } },
  });
  expect(JSON.stringify(answer.body)).not.toContain("owner");
});

test("an unknown address is a problem, wherever it is", async () => {
  const server = await serveTasks();
  expect(await ask(server, "GET", "/api/nothing/")).toMatchObject({
    status: 404,
    body: { code: "unknown_resource" },
  });
  expect(await ask(server, "GET", "/api/tasks/1/2/3/")).toMatchObject({
    status: 404,
    body: { code: "not_found" },
  });
  expect(await ask(server, "GET", "/api/tasks/%E0%A4%A/")).toMatchObject({ status: 404 });
  expect(await ask(server, "GET", "/elsewhere")).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect(await ask(server, "GET", "/apiary")).toMatchObject({ status: 404, body: { code: "not_found" } });
});

test("what lies outside of the prefix is the fallback's", async () => {
  const server = await serveTasks({ fallback: () => Response.json("page"), prefix: "/v1/api/" });
  expect(await ask(server, "GET", "/")).toMatchObject({ status: 200, body: "page" });
  expect(await ask(server, "GET", "/v1/api/tasks/1")).toMatchObject({ status: 200, body: { id: 1 } });
  expect(await ask(server, "GET", "/v1/api/x/")).toMatchObject({ status: 404 });
});

test("a body may be neither too large nor anything but JSON", async () => {
  const server = await serveTasks({ limits: { bodyBytes: 100 } });
  const long = await ask(server, "POST", "/api/tasks/", { body: { text: "x".repeat(200) } });
  expect(long).toMatchObject({ status: 413, body: { code: "too_large" } });
  const form = { body: { text: "a" }, headers: { "content-type": "application/x-www-form-urlencoded" } };
  expect(await ask(server, "POST", "/api/tasks/", form)).toMatchObject({
    status: 415,
    body: { code: "unsupported_media_type" },
  });
});

test("a client that asks too often is told when to come again", async () => {
  const server = await serveTasks({ rateLimit: { burst: 2, perSecond: 0.1 } });
  expect((await ask(server, "GET", "/api/tasks/")).status).toBe(200);
  expect((await ask(server, "GET", "/api/tasks/")).status).toBe(200);
  const answer = await ask(server, "GET", "/api/tasks/");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "10"]);
  expect((await ask(server, "GET", "/api/tasks/", { user: 8 })).status).toBe(200);
});

test("pages of other origins may read nothing unless they are listed", async () => {
  const origin = "https://app.example";
  const closed = await serveTasks();
  expect(
    (await ask(closed, "GET", "/api/tasks/", { headers: { origin } })).headers.has(
      "access-control-allow-origin",
    ),
  ).toBe(false);
  const open = await serveTasks({ cors: { origins: [origin], credentials: true } });
  const answer = await ask(open, "GET", "/api/tasks/9/", { headers: { origin } });
  expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
  const other = await ask(open, "GET", "/api/tasks/", { headers: { origin: "https://evil.example" } });
  expect(other.headers.has("access-control-allow-origin")).toBe(false);
  expect(other.headers.get("vary")).toContain("Origin");
});

test("a preflight is answered, and is no request", async () => {
  const origin = "https://app.example";
  const server = await serveTasks({ cors: { origins: [origin] } });
  const headers = {
    origin,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "x-user",
  };
  const answer = await ask(server, "OPTIONS", "/api/tasks/1/", { user: null, headers });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-methods")).toContain("PATCH");
  expect(answer.headers.get("access-control-allow-headers")).toBe("x-user");
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
});

test("credentials for all origins are refused when the server is made", async () => {
  await expect(serveTasks({ cors: { origins: ["*"], credentials: true } })).rejects.toThrow(
    "cors: credentials",
  );
});

test("a foreign page cannot write with its visitor's cookies", async () => {
  const server = await serveTasks();
  const headers = { cookie: "session=1", origin: "https://evil.example" };
  const body = { text: "forged" };
  expect(await ask(server, "POST", "/api/tasks/", { body, headers })).toMatchObject({
    status: 403,
    body: { code: "origin_refused" },
  });
  expect(
    await ask(server, "POST", "/api/tasks/", { body, headers: { ...headers, origin: "http://localhost" } }),
  ).toMatchObject({ status: 201 });
  expect(await ask(server, "GET", "/api/tasks/", { headers })).toMatchObject({ status: 200 });
});

test("authenticate may refuse a request; what else fails in it is the server's own", async () => {
  const logged: object[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void logged.push(fields),
  };
  const expired = await serveTasks({
    authenticate: () => Promise.reject(new LivesetError("session_expired")),
  });
  expect(await ask(expired, "GET", "/api/tasks/")).toMatchObject({
    status: 401,
    body: { code: "session_expired" },
  });
  const broken = await serveTasks({ log, authenticate: () => Promise.reject(new Error("secret detail")) });
  const answer = await ask(broken, "GET", "/api/tasks/");
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain("secret");
  expect(logged).toMatchObject([{ err: { message: "secret detail" } }]);
});

test("each request is one line in the log, with its user", async () => {
  const lines: unknown[] = [];
  const log = {
    debug: () => {},
    info: (fields: object) => void lines.push(fields),
    warn: () => {},
    error: () => {},
  };
  const server = await serveTasks({ log });
  lines.length = 0;
  await ask(server, "GET", "/api/tasks/?search=milk");
  await ask(server, "GET", "/api/nothing", { user: null });
  expect(lines).toEqual([
    { method: "GET", path: "/api/tasks/", status: 200, ms: expect.any(Number), user: "7" },
    { method: "GET", path: "/api/nothing", status: 404, ms: expect.any(Number), user: "" },
  ]);
});

test("a closed server says that it is going", async () => {
  const server = await serveTasks();
  await Promise.all([server.close(), server.close()]);
  expect(await ask(server, "GET", "/api/tasks/")).toMatchObject({
    status: 503,
    body: { code: "going_away" },
  });
});

test("behind a proxy URLs name the public origin", async () => {
  const server = await serveTasks({ publicOrigin: "https://app.example" });
  const created = await ask(server, "POST", "/api/tasks/", { body: { text: "a" } });
  expect(created.headers.get("location")).toBe("https://app.example/api/tasks/5/");
});
