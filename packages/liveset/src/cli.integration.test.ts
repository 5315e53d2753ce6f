import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlite } from "./server/database/sqlite/sqlite.ts";
import { suiteSql, suiteTables } from "./server/database/sqlite/suite-tables.fixture.ts";
import { inspectTable } from "./server/table/inspect-table.ts";
import { quiet } from "./testing/database/quiet.ts";

const cli = fileURLToPath(new URL("cli.ts", import.meta.url));
const fixture = fileURLToPath(new URL("server/database/sqlite/suite-tables.fixture.ts", import.meta.url));
const nothing = fileURLToPath(new URL("core/key/key.ts", import.meta.url));
const drizzle = import.meta.resolve("drizzle-orm/sqlite-core");

function liveset(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=liveset-source", cli, ...args],
    {
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "liveset-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function module(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `import { integer, sqliteTable, text } from ${JSON.stringify(drizzle)};\n${text}`);
  return path;
}

const tasks =
  'const tasks = sqliteTable("tasks", { id: integer().primaryKey(), listId: integer(), text: text().unique() });';

test("Printed SQL is valid and captures what is declared", () => {
  const path = module("tables.ts", `export ${tasks} export const other: number = 1;`);
  const { status, stdout, stderr } = liveset("capture", "--print", path);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE tasks (id INTEGER PRIMARY KEY, listId INTEGER, text TEXT UNIQUE)");
  database.exec(stdout);
  database.exec("INSERT INTO tasks VALUES (1, 2, 'a'); REPLACE INTO tasks VALUES (2, 2, 'a')");
  const log = database
    .prepare("SELECT op, before, after FROM liveset_changes")
    .all()
    .map((row) => ({ ...row }));
  database.close();
  expect(log).toEqual([
    { op: "i", before: null, after: '[1,2,"ta"]' },
    { op: "d", before: '[1,2,"ta"]', after: null },
    { op: "i", before: null, after: '[2,2,"ta"]' },
  ]);
});

test("Tables are found in an api too, and named under the casing given", () => {
  const path = module(
    "api.ts",
    `${tasks} export default { resources: { tasks: { table: tasks, options: {} } } };`,
  );
  const { status, stdout } = liveset("capture", "--print", path, "--casing", "snake_case");
  expect(status).toBe(0);
  expect(stdout).toContain('NEW."list_id"');
});

test("Dropping lets a migration drop a column; the next start captures again under a new epoch", async () => {
  const path = join(folder, "drop.db");
  const other = new DatabaseSync(path);
  other.exec(suiteSql);
  const tables = [inspectTable(suiteTables.pets)];
  const before = sqlite(path);
  await before.open({ tables, log: quiet });
  const { epoch } = before.feed;
  await before.close();
  expect(() => other.exec("ALTER TABLE pets DROP COLUMN name")).toThrow(/trigger/);
  expect(liveset("capture", "--drop", path)).toEqual({
    status: 0,
    stdout: "Removed from: pets\n",
    stderr: "",
  });
  other.exec("ALTER TABLE pets ADD COLUMN age INTEGER");
  other.close();
  expect(liveset("capture", "--drop", path).stdout).toBe("There were no triggers of liveset.\n");
  const after = sqlite(path);
  await after.open({ tables, log: quiet });
  expect(after.feed.epoch).not.toBe(epoch);
  await after.close();
});

test("Help is printed on request", () => {
  const { status, stdout } = liveset("--help");
  expect({ status, first: stdout.split("\n")[0] }).toEqual({ status: 0, first: "Usage:" });
});

test.each([
  [[], "Which command?"],
  [["serve"], 'There is no command "serve".'],
  [["capture"], "Say either --print, --install or --drop."],
  [["capture", "--print"], "Which module exports the tables?"],
  [["capture", "--print", "nowhere.ts"], 'There is no file "nowhere.ts".'],
  [["capture", "--print", cli, "--loud"], "Unknown option '--loud'"],
  [["capture", "--print", fixture, "--casing", "SHOUT"], 'There is no casing "SHOUT".'],
  [["capture", "--print", nothing], "exports no table"],
])("A wrong command line %j exits with 2 and says why", (args, message) => {
  const { status, stdout, stderr } = liveset(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain("Usage:");
});
