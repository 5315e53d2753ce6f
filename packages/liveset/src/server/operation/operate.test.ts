import { eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { action } from "../action.ts";
import { createServer, type LivesetServer } from "../create-server.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { type Resource, resource } from "../resource.ts";
import { ask, lists, tasks } from "../serve-tasks.fixture.ts";

/** A server of this one resource over tasks 1 (of user 7) and 2 (of user 8). */
async function serveOne(declared: Resource, logged: object[] = []): Promise<LivesetServer> {
  const database = sqlite(":memory:");
  await database.db.run(sql`create table lists (id integer primary key, name text not null unique)`);
  await database.db.run(sql`create table tasks (id integer primary key autoincrement, text text not null, done integer not null
    default 0, due integer, list_id integer, owner_id integer not null)`);
  await database.db.run(sql`insert into tasks (text, owner_id) values ('mine', 7), ('theirs', 8)`);
  const log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: object) => void logged.push(fields),
  };
  const server = createServer(defineApi({ tasks: declared, lists: resource(lists) }), {
    database,
    log,
    authenticate: () => ({ id: 7 }),
  });
  onTestFinished(() => server.close());
  return server;
}

const mine = { scope: () => ({ ownerId: 7 }) };

test("a write may not leave the scope, and nothing of it stays", async () => {
  const server = await serveOne(resource(tasks, mine));
  const body = { text: "given away", ownerId: 8 };
  expect(await ask(server, "POST", "/api/tasks/", { body })).toMatchObject({
    status: 403,
    body: { code: "outside_scope" },
  });
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body })).toMatchObject({
    status: 403,
    body: { code: "outside_scope" },
  });
  expect(await server.db.all(sql`select text, owner_id from tasks`)).toEqual([
    { text: "mine", owner_id: 7 },
    { text: "theirs", owner_id: 8 },
  ]);
});

test("also what a hook writes after it may not leave the scope", async () => {
  const afterUpdate = async ({ db }: { db: LivesetServer["db"] }): Promise<void> => {
    await db.update(tasks).set({ ownerId: 8 }).where(eq(tasks.id, 1));
  };
  const server = await serveOne(resource(tasks, { ...mine, hooks: { afterUpdate } }));
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { text: "x" } })).toMatchObject({ status: 403 });
  expect(await server.db.all(sql`select text from tasks where id = 1`)).toEqual([{ text: "mine" }]);
});

test("P5: a wider check lets a row go, and its values are not answered", async () => {
  const server = await serveOne(resource(tasks, { ...mine, check: () => true }));
  expect(await ask(server, "PATCH", "/api/tasks/1/", { body: { ownerId: 8 } })).toMatchObject({
    status: 200,
    body: null,
  });
  expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ status: 404 });
});

test("hooks run in order inside the transaction, and what they throw undoes it", async () => {
  const seen: string[] = [];
  const server = await serveOne(
    resource(tasks, {
      ...mine,
      hooks: {
        beforeCreate: (_, values) => ({ ...values, text: values.text.trim() }),
        afterCreate: async ({ db }, row) => {
          await db.insert(lists).values({ name: row.text });
          if (row.text === "bad") throw new LivesetError("forbidden", { detail: "Not this one." });
        },
        beforeUpdate: (_, row, values) => void seen.push(`${row.text} to ${values.text}`),
        afterUpdate: (_, row, before) => void seen.push(`${before.text} became ${row.text}`),
        beforeDelete: (_, row) => void seen.push(`will delete ${row.text}`),
        afterDelete: (_, row) => void seen.push(`deleted ${row.text}`),
      },
    }),
  );
  const create = (text: string) => ask(server, "POST", "/api/tasks/", { body: { text, ownerId: 7 } });
  expect(await create(" good ")).toMatchObject({ status: 201, body: { text: "good" } });
  expect(await create("bad")).toMatchObject({ status: 403, body: { detail: "Not this one." } });
  expect(await server.db.all(sql`select name from lists`)).toEqual([{ name: "good" }]);
  await ask(server, "PATCH", "/api/tasks/1/", { body: { text: "ours" } });
  await ask(server, "DELETE", "/api/tasks/1/");
  expect(seen).toEqual(["mine to ours", "mine became ours", "will delete ours", "deleted ours"]);
});

test("the answer shows what hooks made of the row", async () => {
  const afterCreate = async ({ db }: { db: LivesetServer["db"] }, row: { id: number }): Promise<void> => {
    await db.update(tasks).set({ done: true }).where(eq(tasks.id, row.id));
  };
  const server = await serveOne(resource(tasks, { ...mine, hooks: { afterCreate } }));
  expect(await ask(server, "POST", "/api/tasks/", { body: { text: "a", ownerId: 7 } })).toMatchObject({
    body: { done: true },
  });
});

test("a hook may write null, undefined and expressions of SQL, each time those of its own call", async () => {
  const given: Record<string, unknown>[] = [
    { text: "dated", due: new Date(0) },
    { text: "undated", due: null },
    { text: sql`upper(text)`, due: undefined },
    { text: "dated again", due: new Date(86_400_000) },
  ];
  const beforeUpdate = () => given.shift() as { text: string };
  const server = await serveOne(resource(tasks, { ...mine, hooks: { beforeUpdate } }));
  const written: unknown[] = [];
  while (given.length > 0) {
    const { body } = await ask(server, "PATCH", "/api/tasks/1/", { body: { done: true } });
    written.push([(body as { text: string }).text, (body as { due: string | null }).due]);
  }
  expect(written).toEqual([
    ["dated", "1970-01-01T00:00:00.000Z"],
    ["undated", null],
    ["UNDATED", null],
    ["dated again", "1970-01-02T00:00:00.000Z"],
  ]);
});

test("a column that the table computes with each update is computed anew with each", async () => {
  let version = 0;
  const texts = sqliteTable("tasks", {
    id: integer().primaryKey(),
    done: integer({ mode: "boolean" }).notNull(),
    text: text().$onUpdate(() => `version ${++version}`),
  });
  const server = await serveOne(resource(texts, { fields: ["id", "done", "text"] }));
  const shown: unknown[] = [];
  for (const done of [true, false]) {
    const { body } = await ask(server, "PATCH", "/api/tasks/1/", { body: { done } });
    shown.push((body as { text: string }).text);
  }
  expect(shown).toEqual(["version 1", "version 2"]);
});

test("a schema of one's own replaces the table's; what it adds is for the hooks", async () => {
  const schema = z
    .object({ text: z.string().min(2), notify: z.boolean().optional(), due: z.iso.datetime().optional() })
    .strict();
  const told: boolean[] = [];
  const server = await serveOne(
    resource(tasks, {
      ...mine,
      input: { create: schema },
      hooks: {
        beforeCreate: (_, values) => {
          const { notify, ...rest } = values as typeof values & { notify?: boolean };
          if (notify === false) return values;
          told.push(notify === true);
          return { ...rest, ownerId: 7 };
        },
      },
    }),
  );
  const create = (body: object) => ask(server, "POST", "/api/tasks/", { body });
  expect(await create({ text: "ab", notify: true, due: "2026-01-01T00:00:00Z" })).toMatchObject({
    status: 201,
    body: { due: "2026-01-01T00:00:00.000Z" },
  });
  expect(told).toEqual([true]);
  expect(await create({ text: "a", more: 1 })).toMatchObject({
    status: 400,
    body: { errors: [{ path: ["text"], code: "too_small" }, { code: "unrecognized_keys" }] },
  });
  expect(await create({ text: "ab", notify: false })).toMatchObject({
    status: 500,
    body: { code: "internal" },
  });
});

test("P7: a scope that fails is the server's own fault, logged and not described", async () => {
  const logged: object[] = [];
  const server = await serveOne(
    resource(tasks, {
      scope: () => {
        throw new Error("private detail");
      },
    }),
    logged,
  );
  const answer = await ask(server, "GET", "/api/tasks/");
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain("private");
  expect(logged).toMatchObject([{ err: { message: "private detail" }, resource: "tasks", action: "list" }]);
  expect(await ask(server, "GET", "/api/lists/")).toMatchObject({ status: 200 });
});

test.each([undefined, null, "all", [], { ownerId: undefined }, { colour: 1 }])(
  "a scope that gives %j shows nothing",
  async (value) => {
    const server = await serveOne(resource(tasks, { scope: () => value as never }));
    expect(await ask(server, "GET", "/api/tasks/")).toMatchObject({ status: 500 });
    expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ status: 500 });
  },
);

test("a scope may be all or nothing, and may throw what the caller is told", async () => {
  expect(
    await ask(await serveOne(resource(tasks, { scope: () => false })), "GET", "/api/tasks/"),
  ).toMatchObject({ body: { count: 0 } });
  expect(
    await ask(await serveOne(resource(tasks, { scope: () => true })), "GET", "/api/tasks/"),
  ).toMatchObject({ body: { count: 2 } });
  const scope = (): never => {
    throw new LivesetError("unauthenticated");
  };
  expect(await ask(await serveOne(resource(tasks, { scope })), "GET", "/api/tasks/")).toMatchObject({
    status: 401,
  });
});

test("a scope's values may be Drizzle's own", async () => {
  const server = await serveOne(
    resource(tasks, { scope: () => ({ OR: [{ due: { gt: new Date(0) } }, { ownerId: 7 }] }) }),
  );
  expect(await ask(server, "GET", "/api/tasks/")).toMatchObject({ body: { count: 1 } });
});

test("a filter is compared as the column stores values: a timestamp has whole seconds", async () => {
  const server = await serveOne(resource(tasks, { ...mine, filters: ["due"] }));
  const due = "2026-01-01T00:00:00.750Z";
  await ask(server, "PATCH", "/api/tasks/1/", { body: { due } });
  expect(await ask(server, "GET", `/api/tasks/?due=${due}`)).toMatchObject({ body: { count: 1 } });
});

test("an action's failure undoes what it wrote", async () => {
  const spoil = action(tasks, {
    run: async ({ db, row }) => {
      await db.update(tasks).set({ text: "spoilt" }).where(eq(tasks.id, row.id));
      throw new LivesetError("conflict");
    },
  });
  const server = await serveOne(resource(tasks, { ...mine, actions: { spoil } }));
  expect(await ask(server, "POST", "/api/tasks/1/spoil/")).toMatchObject({ status: 409 });
  expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ body: { text: "mine" } });
});

test("a resource offers no more than its operations", async () => {
  const server = await serveOne(resource(tasks, { ...mine, operations: ["list"] }));
  const answer = await ask(server, "POST", "/api/tasks/", { body: { text: "a" } });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect(await ask(server, "GET", "/api/tasks/1/")).toMatchObject({ status: 405 });
});
