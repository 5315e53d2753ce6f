import type { Change } from "../../core/change/change.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Layout } from "./layout.ts";
import { cursorOf } from "./log-cursor.ts";
import { netChanges } from "./net-changes.ts";
import type { LogTransaction } from "./split-log.ts";

/** What is needed to read the log. */
export interface LogReading {
  readonly epoch: string;
  readonly layouts: ReadonlyMap<number, Layout>;
  /** The values of a row of the log. */
  readonly decodeRow: (image: string) => readonly unknown[];
}

/** A transaction of the log as listeners are given it. Rows of tables that this server does not know are left out. */
export function decodeTransaction(
  { last, rows, mutations }: LogTransaction,
  reading: LogReading,
): Transaction {
  const { epoch, layouts, decodeRow } = reading;
  const decoded = new Map<string, readonly unknown[]>();
  const valuesOf = (image: string): readonly unknown[] => {
    const values = decoded.get(image) ?? decodeRow(image);
    decoded.set(image, values);
    return values;
  };
  const net = netChanges(rows, (layout, image) => layouts.get(layout)?.keyOf(valuesOf(image)) ?? null);
  const changes = net.flatMap(({ layout: number, before, after }): Change[] => {
    const layout = layouts.get(number);
    if (layout === undefined) return [];
    const toWire = (image: string | null) => (image === null ? null : layout.toWire(valuesOf(image)));
    return [{ table: layout.table, before: toWire(before), after: toWire(after) }];
  });
  return { cursor: cursorOf(epoch, last), changes, mutations };
}
