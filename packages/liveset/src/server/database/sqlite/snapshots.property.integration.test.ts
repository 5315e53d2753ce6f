import { DatabaseSync } from "node:sqlite";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cursor } from "../../../core/change/cursor.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import type { WireRow } from "../../../core/json.ts";
import { keyTextOf } from "../../../core/key/key.ts";
import { quiet } from "../../../testing/database/quiet.ts";
import { rowsOf } from "../../../testing/database/rows.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import { makeFile } from "./open-sqlite.fixture.ts";
import { sqlite } from "./sqlite.ts";

// Whatever writes run at the same time, here and elsewhere: a snapshot, with the transactions after its cursor laid over it, is the
// table at the end; and the log tells the same as the listeners were told.

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const items = sqliteTable("items", { id: integer().primaryKey(), name: text() });

const id = fc.integer({ min: 1, max: 5 });
const name = fc.constantFrom("'a'", "'b'", "'c'", "'d'");
const statement = fc.oneof(
  fc.tuple(id, name).map(([key, value]) => `INSERT OR REPLACE INTO items VALUES (${key}, ${value})`),
  fc.tuple(id, name).map(([key, value]) => `UPDATE OR IGNORE items SET name = ${value} WHERE id = ${key}`),
  fc.tuple(id, id).map(([from, to]) => `UPDATE OR REPLACE items SET id = ${to} WHERE id = ${from}`),
  id.map((key) => `DELETE FROM items WHERE id >= ${key}`),
);
const step = fc.record({
  kind: fc.constantFrom("write", "fail", "db", "transaction", "outside", "snapshot", "snapshot", "pause"),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
});

interface Taken {
  readonly rows: readonly WireRow[];
  readonly cursor: Cursor;
}

function applied(rows: readonly WireRow[], transactions: readonly Transaction[]): WireRow[] {
  const byKey = new Map(rows.map((row) => [keyTextOf(row, ["id"]), row]));
  for (const { before, after } of transactions.flatMap(({ changes }) => changes)) {
    if (before !== null) byKey.delete(keyTextOf(before, ["id"]));
    if (after !== null) byKey.set(keyTextOf(after, ["id"]), after);
  }
  return [...byKey.values()].sort((a, b) => Number(a.id) - Number(b.id));
}

async function runHistory(path: string, steps: readonly { kind: string; statements: readonly string[] }[]) {
  const database = sqlite(path);
  const other = new DatabaseSync(path, { timeout: 0 });
  await database.open({ tables: [inspectTable(items)], log: quiet });
  const heard: Transaction[] = [];
  const taken: Taken[] = [{ rows: await rowsOf(database.db, items), cursor: database.feed.cursor }];
  database.feed.listen((transaction) => heard.push(transaction));
  const { db } = database;
  const run = async (statements: readonly string[]): Promise<null> => {
    for (const sql of statements) await db.run(sql);
    return null;
  };
  const start = async (kind: string, statements: readonly string[]): Promise<unknown> => {
    if (kind === "write") return database.write(() => run(statements));
    if (kind === "fail") return database.write(() => run([...statements, "not SQL"])).catch(() => {});
    if (kind === "db") return run(statements);
    if (kind === "transaction") return db.transaction(() => run(statements));
    const { value, cursor } = await database.read((snapshot) => rowsOf(snapshot, items));
    return taken.push({ rows: value, cursor });
  };
  const work: Promise<unknown>[] = [];
  for (const { kind, statements } of steps) {
    if (kind === "pause") await new Promise((resolve) => setImmediate(resolve));
    else if (kind === "outside") tryOutside(other, statements);
    else work.push(start(kind, statements));
  }
  await Promise.all(work);
  const end = await database.read((snapshot) => rowsOf(snapshot, items));
  return { database, other, heard, taken, end };
}

/** Refused while a transaction is open here, which is as well. */
function tryOutside(database: DatabaseSync, statements: readonly string[]): void {
  try {
    database.exec("BEGIN IMMEDIATE");
  } catch {
    return;
  }
  database.exec([...statements, "COMMIT"].join(";"));
}

test(
  "P1 P2 P4: any snapshot with the transactions after it is the table at the end, live and from the log",
  async () => {
    const path = makeFile("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const { database, other, heard, taken, end } = await runHistory(path, steps);
        const { feed } = database;
        try {
          expect(feed.cursor).toBe(heard.at(-1)?.cursor ?? taken[0]?.cursor);
          for (const { rows, cursor } of taken) {
            const later = heard.filter((transaction) => feed.compare(transaction.cursor, cursor) > 0);
            expect(applied(rows, later)).toEqual(end.value);
            expect(applied(rows, (await feed.read(cursor, end.cursor)) ?? [])).toEqual(end.value);
          }
        } finally {
          other.close();
          await database.close();
        }
      }),
      { numRuns: 100 * soak },
    );
  },
  60_000 * soak,
);
