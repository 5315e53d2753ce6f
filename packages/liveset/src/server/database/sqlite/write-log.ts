import type { LogPlace } from "../../feed/log-cursor.ts";
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
  connection.run(
    "INSERT INTO liveset_changes (layout, op, before, after, at) SELECT 0, 'm', ?1, ?2, ?3 " +
      "WHERE ?4 OR (SELECT max(seq) FROM liveset_changes) > ?1",
    [begun, mutations.length === 0 ? null : JSON.stringify(mutations), Date.now(), mutations.length > 0],
    "run",
  );
}
