import type { ClientBase } from "pg";
import type { LogPlace } from "../../../feed/log-cursor.ts";
import type { LogRow } from "../../../feed/log-row.ts";
import { identitySql } from "../identity.ts";
import { quoted } from "../sql-name.ts";
import { type ChangeRow, changeColumns, logRow } from "./change-row.ts";
import { LogLost } from "./log-lost.ts";
import type { Released } from "./released.ts";
import { unseenIn } from "./unseen-in.ts";

/** Where the log stands, as the database knows it. */
export interface LogState {
  readonly epoch: string;
  readonly snapshot: string;
  /** Of the database. */
  readonly identity: string;
  /** The last place. */
  readonly last: LogPlace;
  /** When the row of a place that was asked for was written; null where it is not there. */
  readonly at: number | null;
}

/** Reads and writes the tables of capture by triggers. */
export class ChangesLog {
  readonly #s: string;

  constructor(schema: string) {
    this.#s = quoted(schema);
  }

  /**
   * Gives the transactions beyond the last snapshot their places without reading them: nobody has been told anything yet, and there may
   * be many.
   */
  async releaseUnread(client: ClientBase): Promise<void> {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    try {
      const { rows } = await client.query<{ since: string; now: string }>(
        `SELECT value AS since, pg_current_snapshot()::text AS now FROM ${this.#s}.meta WHERE key = 'snapshot'`,
      );
      const [snapshots] = rows;
      if (snapshots === undefined) throw new LogLost("The log of changes has lost its snapshot.");
      await client.query(
        `INSERT INTO ${this.#s}.log (position, xid, rows, at)
         SELECT (SELECT max(position) FROM ${this.#s}.log) + row_number() OVER (ORDER BY max(seq)), xid, count(*) + 1, $1
         FROM ${this.#s}.changes WHERE ${unseenIn(snapshots.since)} GROUP BY xid`,
        [Date.now()],
      );
      await client.query(`UPDATE ${this.#s}.meta SET value = $1 WHERE key = 'snapshot'`, [snapshots.now]);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    }
  }

  /** Writes the places of transactions, and the snapshot that saw them. */
  async release(
    client: ClientBase,
    snapshot: string,
    released: readonly (Released & { readonly xid: string })[],
  ): Promise<void> {
    await client.query(
      `WITH places AS (INSERT INTO ${this.#s}.log (position, xid, rows, at)
         SELECT * FROM unnest($1::bigint[], $2::text[]::xid8[], $3::integer[], $4::bigint[]))
       UPDATE ${this.#s}.meta SET value = $5 WHERE key = 'snapshot'`,
      [
        released.map(({ seq }) => seq),
        released.map(({ xid }) => xid),
        released.map(({ rows }) => rows),
        released.map(({ at }) => at),
        snapshot,
      ],
    );
  }

  /** @throws Error where the log's tables are not there. */
  async state(client: ClientBase, place: number): Promise<LogState> {
    const { rows } = await client.query<
      Record<"epoch" | "snapshot" | "identity" | "position" | "last_at" | "at", string | null>
    >(
      `SELECT (SELECT value FROM ${this.#s}.meta WHERE key = 'epoch') AS epoch, (SELECT value FROM ${this.#s}.meta WHERE key = 'snapshot') AS snapshot, ${identitySql} AS identity,
         last.position, last.at AS last_at, (SELECT at FROM ${this.#s}.log WHERE position = $1) AS at
       FROM (SELECT) one LEFT JOIN (SELECT position, at FROM ${this.#s}.log ORDER BY position DESC LIMIT 1) last ON true`,
      [place],
    );
    const [row] = rows;
    return {
      epoch: row?.epoch ?? "",
      snapshot: row?.snapshot ?? "",
      identity: row?.identity ?? "",
      last: { seq: Number(row?.position ?? 0), at: Number(row?.last_at ?? 0) },
      at: row?.at == null ? null : Number(row.at),
    };
  }

  /** The places after one, in order. */
  async places(client: ClientBase, after: number): Promise<Released[]> {
    const { rows } = await client.query<Record<"position" | "rows" | "at", string>>(
      `SELECT position, rows, at FROM ${this.#s}.log WHERE position > $1 ORDER BY position`,
      [after],
    );
    return rows.map((row) => ({ seq: Number(row.position), rows: Number(row.rows), at: Number(row.at) }));
  }

  /** The transactions after a place up to another, in order, each with its place; null where some are not there in full. */
  async read(
    client: ClientBase,
    after: number,
    upTo: number,
  ): Promise<{ readonly place: Released; readonly rows: readonly LogRow[]; readonly xid: string }[] | null> {
    const { rows } = await client.query<ChangeRow & Record<"position" | "rows" | "at", string>>(
      `SELECT l.position, l.rows, l.at, ${changeColumns.replace("xid::text", "l.xid::text")} FROM ${this.#s}.log l
       LEFT JOIN ${this.#s}.changes c ON c.xid = l.xid WHERE l.position > $1 AND l.position <= $2 ORDER BY l.position, c.seq`,
      [after, upTo],
    );
    const found: { place: Released; rows: LogRow[]; xid: string }[] = [];
    for (const row of rows) {
      const place = { seq: Number(row.position), rows: Number(row.rows), at: Number(row.at) };
      if (found.at(-1)?.place.seq !== place.seq) found.push({ place, rows: [], xid: row.xid });
      if (row.seq !== null) found.at(-1)?.rows.push(logRow(row));
    }
    const isWhole =
      found.length === upTo - after && found.every(({ place, rows: own }) => own.length + 1 === place.rows);
    return isWhole ? found : null;
  }

  /** Deletes transactions up to a place, some at a time; gives the last that is gone. */
  async prune(client: ClientBase, upTo: number): Promise<number> {
    const { rows } = await client.query<{ position: string | null }>(
      `WITH gone AS (DELETE FROM ${this.#s}.log WHERE position IN
         (SELECT position FROM ${this.#s}.log WHERE position <= $1 ORDER BY position LIMIT 1000) RETURNING position, xid),
       rows AS (DELETE FROM ${this.#s}.changes WHERE xid IN (SELECT xid FROM gone))
       SELECT max(position) AS position FROM gone`,
      [upTo],
    );
    return Number(rows[0]?.position ?? upTo);
  }
}
