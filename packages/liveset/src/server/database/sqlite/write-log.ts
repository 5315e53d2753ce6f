import type { LogPlace } from "../../feed/sqlite-cursor.ts";
import type { Connection } from "./connection.ts";

/** The place of the log's last row. The log is never empty. */
export function lastPlace(connection: Connection): LogPlace {
  const [seq, at] = connection.get("SELECT seq, at FROM liveset_changes ORDER BY seq DESC LIMIT 1");
  return { seq: Number(seq), at: Number(at) };
}

/** The number of the log's last row. */
export function lastSeq(connection: Connection): number {
  return Number(connection.get("SELECT max(seq) FROM liveset_changes")[0]);
}

/**
 * Ends a transaction in the log: whoever reads it knows where it began and which mutations it holds. One that changed nothing is
 * not written.
 */
export function endTransaction(connection: Connection, begun: number, mutations: readonly string[]): void {
  if (mutations.length === 0 && lastSeq(connection) === begun) return;
  connection.run(
    "INSERT INTO liveset_changes (layout, op, before, after, at) VALUES (0, 'm', ?, ?, ?)",
    [String(begun), JSON.stringify(mutations), Date.now()],
    "run",
  );
}
