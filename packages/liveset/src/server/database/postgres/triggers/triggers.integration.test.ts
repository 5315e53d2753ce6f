import { integer, pgTable, text } from "drizzle-orm/pg-core";
import pg from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Transaction } from "../../../../core/change/transaction.ts";
import { quiet } from "../../../../testing/database/quiet.ts";
import { shorts } from "../../../../testing/database/rows.ts";
import { inspectTable } from "../../../table/inspect-table.ts";
import { makeDatabase, type TestDatabase } from "../make-database.fixture.ts";
import { postgres } from "../postgres.ts";
import type { PostgresOptions } from "../postgres-options.ts";
import { LogLost } from "./log-lost.ts";
import { Sightings } from "./sightings.ts";

const items = pgTable("items", { id: integer().primaryKey(), text: text() });
const sql = "CREATE TABLE items (id integer PRIMARY KEY, text text)";

async function make(): Promise<TestDatabase> {
  const made = await makeDatabase(sql);
  onTestFinished(() => made.remove());
  return made;
}

async function open(made: TestDatabase, options: PostgresOptions = {}) {
  const database = postgres(made.url, { capture: "triggers", ...options });
  onTestFinished(() => database.close());
  await database.open({ tables: [inspectTable(items)], log: quiet });
  const heard: Transaction[] = [];
  database.feed.listen((transaction) => heard.push(transaction));
  return { database, heard };
}

async function connect(made: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client(made.url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

test("P3: of two transactions the one that commits first is told first, whichever began or wrote first", async () => {
  const made = await make();
  const { database, heard } = await open(made);
  const [one, two] = [await connect(made), await connect(made)];
  await one.query("BEGIN; INSERT INTO items VALUES (1, 'one')");
  await two.query("BEGIN; INSERT INTO items VALUES (2, 'two')");
  await two.query("COMMIT");
  await vi.waitFor(() => expect(shorts(heard)).toEqual([["items + 2 two"]]));
  await one.query("INSERT INTO items VALUES (3, 'one'); COMMIT");
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(shorts(heard)).toEqual([["items + 2 two"], ["items + 1 one", "items + 3 one"]]);
  expect(database.feed.compare(heard[0]?.cursor ?? database.feed.cursor, database.feed.cursor)).toBeLessThan(
    0,
  );
});

test("P3: a transaction that waited for another comes after it", async () => {
  const made = await make();
  await made.client.query("INSERT INTO items VALUES (1, 'a')");
  const { database, heard } = await open(made);
  const [one, two] = [await connect(made), await connect(made)];
  await one.query("BEGIN; INSERT INTO items VALUES (9, 'first'); UPDATE items SET text = 'one' WHERE id = 1");
  const waiting = two.query(
    "BEGIN; INSERT INTO items VALUES (8, 'second'); UPDATE items SET text = text || ' two' WHERE id = 1; COMMIT",
  );
  await vi.waitFor(async () => {
    const { rowCount } = await made.client.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    expect(rowCount).toBe(1);
  });
  await one.query("COMMIT");
  await waiting;
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(shorts(heard)).toEqual([
    ["items + 9 first", "items 1 a > 1 one"],
    ["items + 8 second", "items 1 one > 1 one two"],
  ]);
  await database.close();
});

test("P4: the log is pruned by count, says so to who comes too late, and tells the others exactly", async () => {
  const made = await make();
  const { database, heard } = await open(made);
  const start = database.feed.cursor;
  for (let i = 1; i <= 30; i++) await made.client.query("INSERT INTO items VALUES ($1, 'x')", [i]);
  await vi.waitFor(() => expect(heard).toHaveLength(30));
  const recent = heard[27]?.cursor ?? start;
  await database.close();
  const { database: again } = await open(made, { log: { count: 10 } });
  const rows = async () => (await made.client.query("SELECT FROM liveset.changes")).rowCount;
  await vi.waitFor(async () => expect(await rows()).toBeLessThanOrEqual(10), { timeout: 5_000 });
  const { feed } = again;
  expect([feed.parse(start), await feed.read(start, feed.cursor)]).toEqual([start, null]);
  expect(shorts((await feed.read(recent, feed.cursor)) ?? [])).toEqual([["items + 29 x"], ["items + 30 x"]]);
});

test("TRUNCATE is the end of every row, in the transaction that it is part of", async () => {
  const made = await make();
  await made.client.query("INSERT INTO items VALUES (1, 'a'), (2, 'b')");
  const { heard } = await open(made);
  await made.client.query("BEGIN; TRUNCATE items; INSERT INTO items VALUES (2, 'c'); COMMIT");
  await made.client.query("BEGIN; TRUNCATE items; ROLLBACK");
  await made.client.query("TRUNCATE items");
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(shorts(heard)).toEqual([["items - 1 a", "items 2 b > 2 c"], ["items - 2 c"]]);
});

test("A second server on the same log says so and does not start, and may when the first has ended", async () => {
  const made = await make();
  const { database } = await open(made);
  const second = postgres(made.url, { capture: "triggers" });
  await expect(second.open({ tables: [inspectTable(items)], log: quiet })).rejects.toThrow(
    "Another liveset server reads the changes of this database",
  );
  await second.close();
  const other = await open(made, { captureSchema: "other" });
  await made.client.query("INSERT INTO items VALUES (1, 'a')");
  await vi.waitFor(() => expect(shorts(other.heard)).toEqual([["items + 1 a"]]));
  await database.close();
  await vi.waitFor(() => open(made));
});

test("P4: what was committed while no server ran has its places at the next start, however much it is, and is read when it is asked for", async () => {
  const made = await make();
  const { database } = await open(made);
  const { cursor } = database.feed;
  await database.close();
  for (let i = 0; i < 60; i++)
    await made.client.query(
      "INSERT INTO items SELECT i, 'x' FROM generate_series($1::integer, $2::integer) i",
      [i * 200, i * 200 + 199],
    );
  const { database: again, heard } = await open(made, { log: { count: 1_000_000 } });
  const missed = (await again.feed.read(cursor, again.feed.cursor)) ?? [];
  expect([heard.length, missed.length]).toEqual([0, 60]);
  expect(missed.map(({ changes }) => changes.length)).toEqual(Array(60).fill(200));
  await made.client.query("DELETE FROM items WHERE id = 0");
  await vi.waitFor(() => expect(shorts(heard)).toEqual([["items - 0 x"]]));
});

test("P8: more than memory takes is not read: the log counts as lost", async () => {
  const made = await make();
  await open(made);
  const { rows } = await made.client.query(
    "SELECT value AS epoch, pg_current_snapshot()::text AS snapshot FROM liveset.meta WHERE key = 'epoch'",
  );
  await made.client.query("INSERT INTO items SELECT i, repeat('x', 100) FROM generate_series(1, 100) i");
  const client = await connect(made);
  const sight = async (limits: { first?: number; rows: number; bytes: number }): Promise<number[]> => {
    try {
      const sightings = new Sightings("liveset", limits);
      const seen = await sightings.sight(client, "BEGIN ISOLATION LEVEL REPEATABLE READ", rows[0]);
      return seen.transactions.map((transaction) => transaction.rows.length);
    } finally {
      await client.query("ROLLBACK");
    }
  };
  const refusal = (limits: { first?: number; rows: number; bytes: number }): Promise<unknown> =>
    sight(limits).catch((thrown: unknown) => thrown);
  const few = [
    { first: 10, rows: 50, bytes: 2 ** 20 },
    { first: 10, rows: 1_000, bytes: 5_000 },
    // Not many rows, but large ones.
    { rows: 1_000, bytes: 5_000 },
    { rows: 1_000, bytes: 1 },
  ];
  for (const limits of few) expect(await refusal(limits)).toBeInstanceOf(LogLost);
  expect(await refusal({ rows: 1_000, bytes: 1 })).toMatchObject({
    message: expect.stringContaining("At least 100 changes of"),
  });
  expect(await sight({ first: 10, rows: 100, bytes: 2 ** 20 })).toEqual([100]);
  expect(await sight({ rows: 1_000, bytes: Number.POSITIVE_INFINITY })).toEqual([100]);
});
