import type { Connection } from "./connection.ts";
import { lastSeq } from "./write-log.ts";

/** Rows deleted at a time at most, so that no write waits long. */
const chunk = 5_000;

/** How much of the log stays. */
export interface PruneLimits {
  readonly count: number;
  /** In ms. */
  readonly age: number;
  /** ms since 1970. */
  readonly now: number;
}

/** Deletes what is beyond the limits, never the last row. Returns whether there is more to delete. */
export function prune(connection: Connection, { count, age, now }: PruneLimits): boolean {
  connection.run("DELETE FROM liveset_mutations WHERE at < ?", [now - age], "run");
  const last = lastSeq(connection);
  const [youngest] = connection.get(
    "SELECT seq FROM liveset_changes WHERE at >= ? ORDER BY seq LIMIT 1",
    now - age,
  );
  const border = Math.max(Math.min(Number(youngest ?? last), last) - 1, last - Math.max(count, 1));
  const [oldest] = connection.get("SELECT min(seq) FROM liveset_changes");
  const upTo = Math.min(border, Number(oldest) + chunk - 1);
  connection.run("DELETE FROM liveset_changes WHERE seq <= ?", [upTo], "run");
  return upTo < border;
}
