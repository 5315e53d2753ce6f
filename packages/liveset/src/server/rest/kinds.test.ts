import { sql } from "drizzle-orm";
import { blob, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { createServer } from "../create-server.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { ask } from "../serve-tasks.fixture.ts";

const things = sqliteTable("things", {
  id: text()
    .primaryKey()
    .$defaultFn(() => crypto.randomUUID()),
  text: text(),
  integer: integer(),
  real: real(),
  boolean: integer({ mode: "boolean" }),
  bigint: blob({ mode: "bigint" }),
  seconds: integer({ mode: "timestamp" }),
  millis: integer({ mode: "timestamp_ms" }),
  json: text({ mode: "json" }),
  blob: blob({ mode: "buffer" }),
});

async function serveThings(): Promise<ReturnType<typeof createServer>> {
  const database = sqlite(":memory:");
  await database.db.run(sql`create table things (id text primary key not null, text text, integer integer, real real,
    boolean integer, bigint blob, seconds integer, millis integer, json text, blob blob)`);
  const filters = ["text", "integer", "real", "boolean", "bigint", "seconds", "millis"] as const;
  const server = createServer(defineApi({ things: resource(things, { filters }) }), { database });
  onTestFinished(() => server.close());
  return server;
}

const values: readonly (readonly [string, Json])[] = [
  ["text", "Ünïcode 😀 'quoted' \"twice\" %_\\"],
  ["text", ""],
  ["integer", -9_007_199_254_740_991],
  ["real", 0.1],
  ["real", -1e-300],
  ["boolean", false],
  ["bigint", "9223372036854775807"],
  ["bigint", "-1"],
  ["seconds", "1969-12-31T23:59:59.000Z"],
  ["millis", "2026-11-21T01:02:03.004Z"],
  ["json", { a: [1, null, "x", { b: true }] }],
  ["json", []],
  ["blob", "AP+AfwA="],
  ["blob", ""],
];

test.each(values)("a column of kind %s keeps %j", async (name, value) => {
  const server = await serveThings();
  const created = await ask(server, "POST", "/api/things/", { body: { [name]: value } });
  expect(created).toMatchObject({ status: 201, body: { [name]: value } });
  const path = new URL(String(created.headers.get("location"))).pathname;
  expect(await ask(server, "GET", path)).toMatchObject({ body: { [name]: value } });
  expect(await ask(server, "PATCH", path, { body: { [name]: null } })).toMatchObject({
    status: 200,
    body: { [name]: null },
  });
  expect(await ask(server, "PATCH", path, { body: { [name]: value } })).toMatchObject({
    status: 200,
    body: { [name]: value },
  });
  if (name === "json" || name === "blob") return;
  const where = encodeURIComponent(JSON.stringify({ [name]: value }));
  expect(await ask(server, "GET", `/api/things/?where=${where}`)).toMatchObject({
    status: 200,
    body: { count: 1 },
  });
});

const wrong: readonly (readonly [string, Json])[] = [
  ["text", 1],
  ["integer", 1.5],
  ["integer", "1"],
  ["real", "1"],
  ["boolean", 1],
  ["bigint", 1],
  ["bigint", "9223372036854775808"],
  ["seconds", "yesterday"],
  ["millis", 0],
  ["blob", "not base64!"],
];

test.each(wrong)("a column of kind %s refuses %j by its name", async (name, value) => {
  const server = await serveThings();
  const answer = await ask(server, "POST", "/api/things/", { body: { [name]: value } });
  expect(answer).toMatchObject({ status: 400, body: { code: "invalid", errors: [{ path: [name] }] } });
});
