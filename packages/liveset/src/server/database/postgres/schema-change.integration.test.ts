import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Transaction } from "../../../core/change/transaction.ts";
import type { Json } from "../../../core/json.ts";
import { quiet } from "../../../testing/database/quiet.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import { makeDatabase, type TestDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";

const items = pgTable("items", { id: integer().primaryKey(), n: integer().notNull(), body: text() });
const sql = "CREATE TABLE items (id integer PRIMARY KEY, n integer NOT NULL, body text)";

async function open(
  capture: "triggers" | "wal",
  also: { readonly made?: TestDatabase; readonly captureSchema?: string } = {},
) {
  const made = also.made ?? (await makeDatabase(sql));
  const { captureSchema = "liveset" } = also;
  const database = postgres(made.url, { capture, captureSchema });
  onTestFinished(async () => {
    await database.close();
    if (also.made === undefined) await made.remove();
  });
  const said: string[] = [];
  const say = (fields: object, message = "") =>
    void said.push(`${message} ${(fields as { err?: unknown }).err}`);
  await database.open({ tables: [inspectTable(items)], log: { ...quiet, warn: say, error: say } });
  const given: Transaction[] = [];
  const lost: string[] = [];
  let isAway = false;
  database.feed.listen((transaction) => given.push(transaction), {
    lost: () => lost.push(database.feed.epoch),
    live: (isLive) => {
      isAway = !isLive;
    },
  });
  const run = (statement: string) => made.client.query(statement);
  /** Cuts off all connections of liveset's, so that it looks at the tables sooner than by itself. */
  const nudge = () =>
    run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
  const after = (): Json => given.at(-1)?.changes[0]?.after ?? null;
  const read = () =>
    database
      .read(async (db) => (await db.select().from(items)) as unknown as Json)
      .then(({ value }) => value);
  const isRefused = () =>
    read().then(
      () => false,
      () => true,
    );
  return { made, isAway: () => isAway, database, given, lost, said, run, nudge, after, read, isRefused };
}

const soon = { timeout: 15_000, interval: 50 };

describe.each(["triggers", "wal"] as const)("a schema that changes under a server, by %s", (capture) => {
  test("P4: a table that is dropped and made again begins a new epoch by itself, and is followed", async () => {
    const { lost, run, after, read } = await open(capture);
    await run("INSERT INTO items VALUES (1, 1, 'old')");
    await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 1, body: "old" }), soon);
    await run(`DROP TABLE items; ${sql}`);
    await vi.waitFor(() => expect(lost).toHaveLength(1), soon);
    await run("INSERT INTO items VALUES (2, 2, 'new')");
    await vi.waitFor(() => expect(after()).toEqual({ id: 2, n: 2, body: "new" }), soon);
    expect(await read()).toEqual([{ id: 2, n: 2, body: "new" }]);
  });

  test("P4: while a table is away under another name nothing is told and reads are unavailable; when it is back nothing is missing", async () => {
    const { database, lost, given, said, run, nudge, after, isRefused } = await open(capture);
    await run("ALTER TABLE items RENAME TO elsewhere");
    await nudge();
    await vi.waitFor(async () => expect(await isRefused()).toBe(true), soon);
    await vi.waitFor(() => expect(said.join("\n")).toContain('The database has no table "items"'), soon);
    await run("INSERT INTO elsewhere VALUES (1, 1, 'a')");
    await run("ALTER TABLE elsewhere RENAME TO items");
    // The triggers wrote on. In the stream it cannot be told what was.
    if (capture === "wal") await vi.waitFor(() => expect(lost).toEqual([database.feed.epoch]), soon);
    else await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 1, body: "a" }), soon);
    const before = given.length;
    await run("UPDATE items SET n = 2");
    await vi.waitFor(
      () => expect([given.length, after()]).toEqual([before + 1, { id: 1, n: 2, body: "a" }]),
      soon,
    );
    expect(lost).toHaveLength(capture === "wal" ? 1 : 0);
  });

  test("columns that are added, stand elsewhere, or become wider are told right", async () => {
    const { run, nudge, lost, after } = await open(capture);
    await run(
      "ALTER TABLE items ADD extra text; ALTER TABLE items ADD again integer; INSERT INTO items VALUES (1, 1, 'b', 'x')",
    );
    await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 1, body: "b" }), soon);
    await run("ALTER TABLE items ALTER n TYPE bigint");
    await nudge();
    await vi.waitFor(() => expect(lost).toHaveLength(1), soon);
    await run("UPDATE items SET n = 5000000000");
    await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 5_000_000_000, body: "b" }), soon);
  });

  test("P4: a capture that somebody takes away is installed again, under a new epoch", async () => {
    const { run, nudge, lost, after } = await open(capture);
    await run(
      capture === "wal"
        ? "ALTER PUBLICATION liveset DROP TABLE items"
        : "DROP TRIGGER zz_liveset_row ON items",
    );
    await nudge();
    await vi.waitFor(() => expect(lost).toHaveLength(1), soon);
    await run("INSERT INTO items VALUES (1, 1, 'a')");
    await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 1, body: "a" }), soon);
  });

  test("two servers with schemas of their own capture one table, and do not disturb each other", async () => {
    const { made, given, lost, run, nudge, after } = await open(capture);
    const other = await open(capture, { made, captureSchema: "other" });
    await nudge();
    await vi.waitFor(
      async () => expect([await other.isRefused(), other.isAway()]).toEqual([false, false]),
      soon,
    );
    await run("INSERT INTO items VALUES (1, 1, 'a')");
    await vi.waitFor(
      () =>
        expect([after(), other.after()]).toEqual([
          { id: 1, n: 1, body: "a" },
          { id: 1, n: 1, body: "a" },
        ]),
      soon,
    );
    await run("TRUNCATE items");
    const gone = [{ table: "items", before: { id: 1, n: 1, body: "a" }, after: null }];
    await vi.waitFor(
      () => expect([given.at(-1)?.changes, other.given.at(-1)?.changes]).toEqual([gone, gone]),
      soon,
    );
    expect([lost, other.lost]).toEqual([[], []]);
  });
});

test("P4: a table that lost a declared column can be written again in a moment, by triggers, and is followed when it is back", async () => {
  const { run, nudge, lost, after, isRefused } = await open("triggers");
  await run("ALTER TABLE items RENAME body TO other");
  await nudge();
  await vi.waitFor(() => run("INSERT INTO items VALUES (1, 1, 'a')"), soon);
  expect(await isRefused()).toBe(true);
  await run("ALTER TABLE items RENAME other TO body");
  await vi.waitFor(() => expect(lost).toHaveLength(1), soon);
  await run("UPDATE items SET n = 2");
  await vi.waitFor(() => expect(after()).toEqual({ id: 1, n: 2, body: "a" }), soon);
});
