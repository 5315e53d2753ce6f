import { expect, test } from "vitest";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

test("a list shows the fields that were asked for, and the key, however they are named", async () => {
  const server = await serveTasks();
  const { body } = await ask(server, "GET", "/api/tasks/?fields=text,label,text&limit=1");
  expect(body).toEqual({
    count: 3,
    next: "http://localhost/api/tasks/?limit=1&offset=1&fields=text%2Clabel%2Ctext",
    previous: null,
    results: [{ id: 1, text: "Buy milk", label: "☐ Buy milk" }],
  });
  const next = (body as { next: string }).next.replace("http://localhost", "");
  expect((await ask(server, "GET", next)).body).toMatchObject({
    results: [{ id: 2, text: "Buy bread", label: "☑ Buy bread" }],
  });
});

test("fields that are not shown may be filtered and ordered by all the same", async () => {
  const server = await serveTasks();
  const { body } = await ask(server, "GET", "/api/tasks/?fields=&done=false&ordering=-text");
  expect(body).toMatchObject({ results: [{ id: 4 }, { id: 1 }] });
  expect((body as { results: unknown[] }).results).toEqual([{ id: 4 }, { id: 1 }]);
});

test("one row shows the fields that were asked for; its tag is that of the whole row, so that it fits a write", async () => {
  const server = await serveTasks();
  const whole = await ask(server, "GET", "/api/tasks/1/");
  const part = await ask(server, "GET", "/api/tasks/1/?fields=done");
  expect(part.body).toEqual({ id: 1, done: false });
  const tag = part.headers.get("etag") ?? "";
  expect(tag).toBe(whole.headers.get("etag"));
  const written = await ask(server, "PATCH", "/api/tasks/1/", {
    body: { text: "More" },
    headers: { "if-match": tag },
  });
  expect(written).toMatchObject({ status: 200, body: { id: 1, text: "More", label: "☐ More" } });
  const late = { body: { text: "Less" }, headers: { "if-match": tag } };
  expect((await ask(server, "PATCH", "/api/tasks/1/", late)).status).toBe(412);
});

test("a composite key is shown whole", async () => {
  const server = await serveTasks();
  await ask(server, "POST", "/api/seats/", { body: { row: "A", seat: 1, guest: "Ada" } });
  expect((await ask(server, "GET", "/api/seats/A,1/?fields=")).body).toEqual({ row: "A", seat: 1 });
});

test.each([
  ["/api/tasks/?fields=ownerId", ["fields", "ownerId"], "not_declared"],
  ["/api/tasks/1/?fields=text,nothing", ["fields", "nothing"], "not_declared"],
  ["/api/tasks/?fields=id&fields=text", ["fields"], "repeated"],
  ["/api/tasks/1/?fields=id&fields=text", ["fields"], "repeated"],
  ["/api/tasks/1/?limit=1", ["limit"], "unknown"],
])("%s is refused", async (path, at, code) => {
  const server = await serveTasks();
  const answer = await ask(server, "GET", path);
  expect(answer).toMatchObject({ status: 400, body: { code: "invalid", errors: [{ path: at, code }] } });
});

test("a refusal names the fields that there are, and no hidden ones", async () => {
  const server = await serveTasks();
  const { body } = await ask(server, "GET", "/api/tasks/?fields=ownerId");
  expect((body as { errors: { message: string }[] }).errors[0]?.message).toBe(
    'tasks has no field "ownerId"; its fields are id, text, done, due, listId, label.',
  );
});
