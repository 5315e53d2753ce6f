import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import { createServer, type LivesetServer } from "../create-server.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { startFixture } from "../live/live.fixture.ts";
import { perCaller } from "../per-caller.ts";
import { resource } from "../resource.ts";

const staff = sqliteTable("staff", {
  id: integer().primaryKey(),
  name: text().notNull(),
  salary: integer().notNull().default(0),
});
const createStaff =
  "create table staff (id integer primary key, name text not null, salary integer not null default 0)";

/** Salaries are shown to user 1 alone. */
const api = defineApi({
  staff: resource(staff, {
    computed: { isMe: perCaller((row, { user }) => row.id === Number(user?.id)) },
    fieldsFor: ({ user }) => (Number(user?.id) === 1 ? ["name", "salary", "isMe"] : ["name", "isMe"]),
    filters: ["name", "salary"],
    orderBy: ["name", "salary"],
    search: ["name"],
    defaultOrder: { salary: "desc" },
    lookupBy: ["name"],
  }),
});

async function start(): Promise<
  (user: number, path: string, method?: string, body?: unknown) => Promise<unknown>
> {
  const database = sqlite(":memory:");
  await database.db.run(sql.raw(createStaff));
  await database.db.run(sql.raw("insert into staff values (1, 'Ada', 10), (2, 'Ben', 20)"));
  const server: LivesetServer = createServer(api, {
    database,
    authenticate: (request) => ({ id: Number(request.headers.get("x-user")) }),
  });
  return async (user, path, method = "GET", body = undefined) => {
    const response = await server.fetch(
      new Request(`http://test/api/staff/${path}`, {
        method,
        headers: { "x-user": String(user), "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return response.json();
  };
}

describe("P5: fields that depend on the caller", () => {
  test("are shown to those who may see them, in lists, rows and answers to writes", async () => {
    const ask = await start();
    expect(await ask(1, "")).toMatchObject({
      results: [
        { id: 2, name: "Ben", salary: 20, isMe: false },
        { id: 1, name: "Ada", salary: 10, isMe: true },
      ],
    });
    expect(await ask(2, "")).toEqual(
      expect.objectContaining({
        results: [
          { id: 1, name: "Ada", isMe: false },
          { id: 2, name: "Ben", isMe: true },
        ],
      }),
    );
    expect(await ask(2, "2/")).toEqual({ id: 2, name: "Ben", isMe: true });
    expect(await ask(2, "2/", "PATCH", { name: "Benn" })).toEqual({ id: 2, name: "Benn", isMe: true });
  });

  test.each([
    ["?salary=20", "GET"],
    ["?salary__gt=1", "GET"],
    ["?ordering=salary", "GET"],
    ["?fields=salary", "GET"],
    ["1/?fields=salary", "GET"],
    ["2/", "PATCH"],
  ])("are neither filtered, ordered by, chosen nor written by others: %s", async (path, method) => {
    const ask = await start();
    const body = method === "PATCH" ? { salary: 99 } : undefined;
    expect(await ask(2, path, method, body)).toMatchObject({ status: 400, code: "invalid" });
    expect(await ask(1, path, method, body)).not.toHaveProperty("code");
  });

  test("do not stand in the position of a page", async () => {
    const ask = await start();
    const page = JSON.stringify(await ask(2, "?limit=1&after="));
    expect(page).toContain("after");
    expect(atob(/after=([^"&]*)/.exec(page)?.[1] ?? "").includes("20")).toBe(false);
  });

  test("are followed live by each caller as his own, also where only such a field changes", async () => {
    const fixture = await startFixture({ api, tables: [createStaff] });
    await fixture.run("insert into staff values (1, 'Ada', 10)");
    const [boss, other] = [await fixture.connect(1), await fixture.connect(2)];
    const ask = { resource: "staff", action: "list" } as const;
    const [all, few] = [await boss.open("s", ask), await other.open("s", ask)];
    const frames = other.frames.length;
    await fixture.run("update staff set salary = 11");
    await Promise.all([boss.ping(), other.ping()]);
    expect([...all.rows.values()]).toEqual([{ id: 1, name: "Ada", salary: 11, isMe: true }]);
    expect([...few.rows.values()]).toEqual([{ id: 1, name: "Ada", isMe: false }]);
    const heard = JSON.stringify(other.frames.slice(frames));
    expect(heard).not.toContain("salary");
    await expect(other.open("t", { ...ask, query: { where: { salary: 11 } } })).rejects.toMatchObject({
      code: "invalid",
    });
  });
});

describe("rows looked up by another field", () => {
  test("are found, changed and deleted by it, inside the scope", async () => {
    const ask = await start();
    expect(await ask(2, "Ada/?lookup_by=name")).toEqual({ id: 1, name: "Ada", isMe: false });
    expect(await ask(2, "Ada/?lookup_by=name", "PATCH", { name: "Eve" })).toMatchObject({
      id: 1,
      name: "Eve",
    });
    expect(await ask(2, "Ada/?lookup_by=name")).toMatchObject({ status: 404 });
    expect(await ask(2, "Ada/?lookup_by=salary")).toMatchObject({ status: 400, code: "invalid" });
    expect(await ask(2, "2/?lookup_by=name")).toMatchObject({ status: 404 });
  });

  test("are a conflict where there are several", async () => {
    const ask = await start();
    await ask(2, "2/", "PATCH", { name: "Ada" });
    expect(await ask(2, "Ada/?lookup_by=name")).toMatchObject({ status: 409 });
  });
});

test("a filter on one row hides it where it does not match", async () => {
  const ask = await start();
  expect(await ask(1, "2/?salary__gt=15")).toMatchObject({ id: 2 });
  expect(await ask(1, "1/?salary__gt=15")).toMatchObject({ status: 404 });
  expect(await ask(1, "1/?search=ad")).toMatchObject({ id: 1 });
  expect(await ask(1, "1/?limit=5")).toMatchObject({ status: 400 });
});
