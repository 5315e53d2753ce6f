import type { LogRow } from "./log-row.ts";

/** The rows of one transaction, and the mutation ids in it. `last` is its last row: its place. */
export interface LogTransaction {
  readonly last: LogRow;
  readonly rows: readonly LogRow[];
  readonly mutations: readonly string[];
}

/**
 * The transactions of a stretch of the log. A liveset server ends its own with a marker that says where it began; rows between
 * those are commits of others, which come as one.
 *
 *   1 2 3 | 4 5 m(3) | 6 7
 *   others   a server's  others
 */
export function splitLog(rows: readonly LogRow[]): LogTransaction[] {
  const transactions: LogTransaction[] = [];
  let open: LogRow[] = [];
  const close = (end: readonly LogRow[], last = end.at(-1), mutations: readonly string[] = []): void => {
    if (last !== undefined) transactions.push({ last, rows: end, mutations });
  };
  for (const row of rows) {
    if (row.op !== "m") {
      open.push(row);
      continue;
    }
    const border = Number(row.before);
    close(open.filter(({ seq }) => seq <= border));
    close(
      open.filter(({ seq }) => seq > border),
      row,
      JSON.parse(row.after ?? "[]") as string[],
    );
    open = [];
  }
  close(open);
  return transactions;
}
