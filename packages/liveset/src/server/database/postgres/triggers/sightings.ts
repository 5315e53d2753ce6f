import type { ClientBase } from "pg";
import type { LogRow } from "../../../feed/log-row.ts";
import { quoted } from "../sql-name.ts";
import { type ChangeRow, changeColumns as columns, logRow } from "./change-row.ts";
import { eachRow } from "./each-row.ts";
import { LogLost } from "./log-lost.ts";
import { unseenIn } from "./unseen-in.ts";

/** A transaction that the triggers have written, not yet released. */
export interface Unreleased {
  readonly xid: string;
  readonly rows: readonly LogRow[];
}

/** From where on is read: an epoch, and a snapshot whose transactions have been released. */
export interface SightingFrom {
  readonly epoch: string;
  readonly snapshot: string;
}

/** What a snapshot sees that no earlier one saw. */
export interface Sighting {
  /** The snapshot, as PostgreSQL writes it: `xmin:xmax:xip,…`. */
  readonly snapshot: string;
  /** In the order in which they are to be released. */
  readonly transactions: readonly Unreleased[];
}

/** What is known of the log beside its changes. */
interface Seen {
  readonly snapshot: string;
  readonly epoch: string | null;
}

/** How much is read of what waits. */
export interface ReadLimits {
  /** Rows that are read with a snapshot; where there are more, it is first looked how many. */
  readonly first: number;
  readonly rows: number;
  /** Of the rows' texts; characters where they have been read. */
  readonly bytes: number;
}

/** Rows that are read with a snapshot, in general. */
const usualFirst = 10_000;

/** Finds what was committed, in the order of commits. */
export class Sightings {
  readonly #s: string;
  readonly #limits: ReadLimits;

  constructor(schema: string, limits: Omit<ReadLimits, "first"> & { readonly first?: number }) {
    this.#s = quoted(schema);
    this.#limits = { first: Math.min(usualFirst, limits.rows), ...limits };
  }

  /**
   * Begins a transaction on the client and reads what its snapshot sees beyond an earlier one.
   *
   * A transaction is released once it is visible: neither the order of numbers nor that of transaction ids is the order of commits.
   * Those that become visible together are ordered by their last rows: where one wrote after another had committed, its last row
   * has the larger number.
   *
   *     T1  ├ writes row 1 ───────────── row 4 ┤ commit        seen by S1: T2
   *     T2      ├ writes row 2, row 3 ┤ commit                 seen by S2: T1
   *                                     S1        S2
   *
   * @throws LogLost where the log is of another epoch, or more waits than memory takes.
   */
  async sight(
    client: ClientBase,
    begin: string,
    { epoch, snapshot: since }: SightingFrom,
  ): Promise<Sighting> {
    const { first: most, bytes: mostBytes } = this.#limits;
    let seen: Seen | undefined;
    let count = 0;
    let bytes = 0;
    const first: ChangeRow[] = [];
    // Together, so that it is one way to the server and back.
    await eachRow<Seen | ChangeRow>(
      client,
      `${begin}; SELECT pg_current_snapshot()::text AS snapshot, (SELECT value FROM ${this.#s}.meta WHERE key = 'epoch') AS epoch; SELECT ${columns} FROM ${this.#s}.changes WHERE ${unseenIn(since)} ORDER BY seq LIMIT ${most}`,
      (row) => {
        if ("snapshot" in row) {
          seen = row;
          return;
        }
        count++;
        bytes += (row.before?.length ?? 0) + (row.after?.length ?? 0);
        if (bytes <= mostBytes) first.push(row);
      },
    );
    if (seen?.epoch !== epoch) throw new LogLost("The log of changes was truncated or made anew.");
    if (bytes > mostBytes) throw tooMuch(count, bytes);
    return {
      snapshot: seen.snapshot,
      transactions: byLastRow(count < most ? first : await this.#many(client, since)),
    };
  }

  async #many(client: ClientBase, since: string): Promise<ChangeRow[]> {
    const changes = `${this.#s}.changes WHERE ${unseenIn(since)}`;
    const { rows: sums } = await client.query<{ rows: number; bytes: number }>(
      `SELECT count(*)::float8 AS rows, sum(coalesce(octet_length(before::text), 0) + coalesce(octet_length(after::text), 0))::float8 AS bytes FROM ${changes}`,
    );
    const { rows: count = 0, bytes = 0 } = sums[0] ?? {};
    if (count > this.#limits.rows || bytes > this.#limits.bytes) throw tooMuch(count, bytes);
    const { rows } = await client.query<ChangeRow>(`SELECT ${columns} FROM ${changes} ORDER BY seq`);
    return rows;
  }
}

function byLastRow(rows: readonly ChangeRow[]): Unreleased[] {
  const found = new Map<string, LogRow[]>();
  // Put in anew with each row, so that the map ends in the order of the last rows.
  for (const row of rows) {
    const own = found.get(row.xid) ?? [];
    found.delete(row.xid);
    own.push(logRow(row));
    found.set(row.xid, own);
  }
  return [...found].map(([xid, own]) => ({ xid, rows: own }));
}

function tooMuch(changes: number, bytes: number): LogLost {
  return new LogLost(`At least ${changes} changes of ${bytes} bytes wait: more than memory takes.`);
}
