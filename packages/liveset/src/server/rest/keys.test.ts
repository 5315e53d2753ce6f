import fc from "fast-check";
import { expect, test } from "vitest";
import { keyText } from "../../core/key/key.ts";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

/** Any text but what URLs resolve away: the dot segments, in all spellings. */
const slug = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter((text) => !/^\.{1,2}$/.test(text));

test("a text key may have any characters", async () => {
  const server = await serveTasks();
  await fc.assert(
    fc.asyncProperty(slug, fc.string(), async (key, body) => {
      const created = await ask(server, "POST", "/api/notes/", { body: { slug: key, body } });
      expect(created).toMatchObject({ status: 201, body: { slug: key, body } });
      const path = new URL(String(created.headers.get("location"))).pathname;
      expect(await ask(server, "GET", path)).toMatchObject({ status: 200, body: { slug: key } });
      expect(await ask(server, "DELETE", path)).toMatchObject({ status: 204 });
    }),
    { numRuns: 50 },
  );
});

test("a composite key stands in a URL as its parts, joined by commas", async () => {
  const server = await serveTasks();
  const created = await ask(server, "POST", "/api/seats/", {
    body: { row: "A,1/\\", seat: 2, guest: "Ada" },
  });
  expect(created.headers.get("location")).toBe(
    `http://localhost/api/seats/${encodeURIComponent(keyText(["A,1/\\", 2]))}/`,
  );
  const path = new URL(String(created.headers.get("location"))).pathname;
  expect(await ask(server, "PATCH", path, { body: { guest: "Bob", seat: 2 } })).toMatchObject({
    status: 200,
    body: { guest: "Bob" },
  });
  expect(await ask(server, "PATCH", path, { body: { seat: 3 } })).toMatchObject({ status: 400 });
  for (const other of ["A", "A,x", "A,2,3", "A,02"]) {
    expect(await ask(server, "GET", `/api/seats/${other}/`)).toMatchObject({ status: 404 });
  }
});

test("a key that is taken is a conflict", async () => {
  const server = await serveTasks();
  await ask(server, "POST", "/api/notes/", { body: { slug: "a", body: "" } });
  expect(await ask(server, "POST", "/api/notes/", { body: { slug: "a", body: "" } })).toMatchObject({
    status: 409,
  });
});
