import { asc, eq, type Table } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Change } from "../../core/change/change.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { WireRow } from "../../core/json.ts";
import type { Db } from "../../server/register.ts";
import { inspectTable } from "../../server/table/inspect-table.ts";

/** Values of a row as Drizzle takes them. */
export type Values = Record<string, unknown>;

/** Inserts rows. */
export async function insert(db: Db, table: Table, ...rows: readonly Values[]): Promise<void> {
  await db.insert(table as SQLiteTable).values([...rows]);
}

/** Changes the rows that have a value in a column. */
export async function update(db: Db, table: Table, where: Values, values: Values): Promise<void> {
  await db
    .update(table as SQLiteTable)
    .set(values)
    .where(condition(table, where));
}

/** Changes all rows. */
export async function updateAll(db: Db, table: Table, values: Values): Promise<void> {
  await db.update(table as SQLiteTable).set(values);
}

/** Deletes the rows that have a value in a column. */
export async function remove(db: Db, table: Table, where: Values): Promise<void> {
  await db.delete(table as SQLiteTable).where(condition(table, where));
}

/** All rows of a table in wire form, in the order of its key. */
export async function rowsOf(db: Db, table: Table): Promise<WireRow[]> {
  const info = inspectTable(table);
  const order = info.key.flatMap((name) => info.columns.get(name)?.drizzle ?? []);
  const rows = await db
    .select()
    .from(table as SQLiteTable)
    .orderBy(...order.map((column) => asc(column)));
  return rows.map((row) => info.toWire(row));
}

/** A change in short: `+ after`, `- before` or `before > after`, each as the values of the row. */
export function short({ table, before, after }: Change): string {
  const values = (row: WireRow | null): string => (row === null ? "" : Object.values(row).join(" "));
  if (before === null) return `${table} + ${values(after)}`;
  return after === null ? `${table} - ${values(before)}` : `${table} ${values(before)} > ${values(after)}`;
}

/** The changes of transactions in short. Transactions without changes count. */
export function shorts(transactions: readonly Transaction[]): string[][] {
  return transactions.map(({ changes }) => changes.map(short));
}

function condition(table: Table, where: Values) {
  const [[name, value] = ["", null]] = Object.entries(where);
  const column = inspectTable(table).columns.get(name);
  if (column === undefined) throw new TypeError(`No column ${name}.`);
  return eq(column.drizzle, value);
}
