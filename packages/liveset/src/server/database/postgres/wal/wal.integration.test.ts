import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Transaction } from "../../../../core/change/transaction.ts";
import { inspectTable } from "../../../table/inspect-table.ts";
import { makeDatabase, type TestDatabase } from "../make-database.fixture.ts";
import { postgres } from "../postgres.ts";

const items = pgTable("items", { id: integer().primaryKey(), n: integer().notNull(), body: text() });
const sql = "CREATE TABLE items (id integer PRIMARY KEY, n integer NOT NULL, body text)";
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(error: (...args: unknown[]) => void = () => {}) {
  const made = await makeDatabase(sql);
  ends.push(() => made.remove());
  return { made, ...(await connect(made, error)) };
}

async function connect(made: TestDatabase, error: (...args: unknown[]) => void = () => {}) {
  const database = postgres(made.url, { capture: "wal" });
  ends.push(() => database.close());
  await database.open({ tables: [inspectTable(items)], log: { ...silent, error } });
  const given: Transaction[] = [];
  database.feed.listen((transaction) => given.push(transaction));
  return { database, given };
}

/** The sum of `n` after the transactions that were given. */
function sumOf(given: readonly Transaction[]): number {
  return given
    .flatMap(({ changes }) => changes)
    .reduce((sum, { before, after }) => sum + Number(after?.n ?? 0) - Number(before?.n ?? 0), 0);
}

describe("capture by logical replication", () => {
  test("P2 under twenty writers, what a snapshot sees is exactly what listeners were given", async () => {
    const { made, database, given } = await open();
    await made.client.query("INSERT INTO items SELECT i, 0 FROM generate_series(1, 20) i");
    let isOver = false;
    const writers = Array.from({ length: 20 }, async (_, i) => {
      const { default: pg } = await import("pg");
      const client = new pg.Client(made.url);
      await client.connect();
      while (!isOver) await client.query("UPDATE items SET n = n + 1 WHERE id = $1", [i + 1]);
      await client.end();
    });
    let different = 0;
    for (let i = 0; i < 100; i++)
      await database.read(async (db) => {
        const sum = sumOf(given);
        const rows = (await db.select().from(items)) as { n: number }[];
        if (rows.reduce((total, { n }) => total + n, 0) !== sum) different++;
      });
    isOver = true;
    await Promise.all(writers);
    expect(different).toBe(0);
    expect(sumOf(given)).toBeGreaterThan(100);
  });

  test("P3 a lost stream is begun again: nothing is missing, nothing comes twice", async () => {
    const { made, given } = await open();
    for (let i = 1; i <= 300; i++) {
      await made.client.query("INSERT INTO items VALUES ($1, 1)", [i]);
      if (i % 100 === 50)
        await made.client.query(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active",
        );
    }
    await vi.waitFor(() => expect(given.at(-1)?.changes[0]?.after?.id).toBe(300), { timeout: 15_000 });
    expect(given.map(({ changes }) => changes[0]?.after?.id)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
  });

  test("P4 a server that starts again knows what was committed meanwhile, after a cursor of before", async () => {
    const { made, database, given } = await open();
    await made.client.query("INSERT INTO items VALUES (1, 1)");
    await made.client.query("INSERT INTO items VALUES (2, 2)");
    await vi.waitFor(() => expect(given).toHaveLength(2));
    await database.close();
    await made.client.query("INSERT INTO items VALUES (3, 3)");
    const { feed } = (await connect(made)).database;
    const first = await feed.parse(given[0]?.cursor ?? "");
    if (first === null) throw new Error("The cursor is not known any more.");
    const missed = (await feed.read(first, feed.cursor)) ?? [];
    expect(missed.map(({ changes }) => changes[0]?.after?.id)).toEqual([2, 3]);
  });

  test("a large value that an update leaves as it was is in the new row, and in that of a truncated one", async () => {
    const { made, given } = await open();
    const body = Array.from({ length: 4_000 }, (_, i) => (i * 7_919).toString(36)).join("");
    await made.client.query("ALTER TABLE items ALTER body SET STORAGE EXTERNAL");
    await made.client.query("INSERT INTO items VALUES (1, 1, $1)", [body]);
    await made.client.query("UPDATE items SET n = 2");
    await made.client.query("TRUNCATE items");
    await vi.waitFor(() => expect(given).toHaveLength(3));
    expect(given[1]?.changes).toEqual([
      { table: "items", before: { id: 1, n: 1, body }, after: { id: 1, n: 2, body } },
    ]);
    expect(given[2]?.changes).toEqual([{ table: "items", before: { id: 1, n: 2, body }, after: null }]);
  });

  test("columns that are added or stand elsewhere do no harm; one that is gone is named and makes reads unavailable, until it is back", async () => {
    const errors: unknown[] = [];
    const { made, database, given } = await open((...args) => errors.push(args));
    const { epoch } = database.feed;
    await made.client.query(
      "ALTER TABLE items ADD extra text; ALTER TABLE items DROP body; ALTER TABLE items ADD body text",
    );
    await made.client.query("INSERT INTO items (id, n, extra, body) VALUES (1, 2, 'x', 'b')");
    await vi.waitFor(() => expect(given).toHaveLength(1));
    expect(given[0]?.changes[0]?.after).toEqual({ id: 1, n: 2, body: "b" });
    await made.client.query("ALTER TABLE items RENAME body TO other");
    await made.client.query("UPDATE items SET n = 3");
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(errors).toMatchObject([
      [
        { err: { message: 'The table "items" has lost its column "body", which is declared.' } },
        expect.anything(),
      ],
    ]);
    await expect(database.read(async () => null)).rejects.toMatchObject({ code: "unavailable" });
    expect(given).toHaveLength(1);
    await made.client.query("ALTER TABLE items RENAME other TO body");
    await vi.waitFor(() => expect(database.feed.epoch).not.toBe(epoch), { timeout: 10_000 });
    await vi.waitFor(() => database.read(async () => null));
    await made.client.query("UPDATE items SET n = 4");
    await vi.waitFor(() => expect(given.at(-1)?.changes[0]?.after).toEqual({ id: 1, n: 4, body: "b" }));
  });
});
