import type { LogRow } from "../../../feed/log-row.ts";

/** A row of the changes, as `changeColumns` reads it. */
export interface ChangeRow {
  readonly seq: string;
  readonly xid: string;
  readonly layout: number;
  readonly op: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is read of a change, as SQL. */
export const changeColumns =
  "seq, xid::text AS xid, layout, op, before::text AS before, after::text AS after";

/** What the log gives to whoever decodes it. */
export function logRow({ seq, layout, op, before, after }: ChangeRow): LogRow {
  return { seq: Number(seq), layout, op, before, after, at: 0 };
}
