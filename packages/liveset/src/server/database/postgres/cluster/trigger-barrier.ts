import { cursorOf } from "../../../feed/log-cursor.ts";
import type { CaptureParts } from "../capture.ts";
import { quoted } from "../sql-name.ts";
import { AwaitedCursors } from "./awaited-cursors.ts";
import type { CommitBarrier } from "./commit-barrier.ts";
import { OwnClient } from "./own-client.ts";
import { type Question, SharedQuestions } from "./shared-questions.ts";

/** Numbers of transactions that are remembered as received. */
const mostXids = 20_000;

interface Standing {
  readonly epoch: string;
  readonly position: string;
  readonly at: string;
  /** Written by triggers and visible, not released yet. */
  readonly xids: readonly string[];
}

/** What has been released, and what is visible beyond it: together all that is committed. */
function standingSql(schema: string): string {
  const s = quoted(schema);
  const meta = (key: string) => `(SELECT value FROM ${s}.meta WHERE key = '${key}')`;
  return `WITH s AS MATERIALIZED (SELECT ${meta("snapshot")}::pg_snapshot AS seen)
    SELECT ${meta("epoch")} AS epoch, position::text, at::text,
      ARRAY(SELECT DISTINCT xid::text FROM ${s}.changes WHERE xid >= (SELECT pg_snapshot_xmax(seen) FROM s)
        OR xid = ANY (ARRAY(SELECT pg_snapshot_xip(seen) FROM s))) AS xids
    FROM ${s}.log ORDER BY ${s}.log.position DESC LIMIT 1`;
}

/** The tables of the triggers say what is committed; whoever reads them releases it, and publishes it to the log. */
export function triggerBarrier({ makeClient, schema }: CaptureParts): CommitBarrier {
  const client = new OwnClient(makeClient);
  const awaited = new AwaitedCursors();
  const xids = new RecentXids();
  const sql = standingSql(schema);
  const put = async (): Promise<Question> => {
    const { rows } = await client.use((connection) => connection.query<Standing>(sql));
    const [standing] = rows;
    if (standing === undefined) throw new Error("The log of changes is not there.");
    const { epoch, position, at } = standing;
    const cursor = cursorOf(epoch, { seq: Number(position), at: Number(at) });
    let end = (): void => {};
    const reached = new Promise<void>((resolve) => {
      awaited.reached(cursor, resolve);
      end = () => awaited.forget(resolve);
    });
    const all = xids.received(standing.xids.map((xid) => Number(BigInt.asUintN(32, BigInt(xid)))));
    return {
      answered: Promise.all([reached, all.promise]).then(() => {}),
      end: () => {
        end();
        all.end();
      },
    };
  };
  const questions = new SharedQuestions(put);
  return {
    passed: () => questions.ask(),
    begun: (position) => awaited.begun(position),
    received: ({ cursor, xid }) => {
      awaited.received(cursor);
      if (xid !== undefined) xids.add(xid);
    },
    end: () => client.end(),
  };
}

/** The numbers of the transactions that were received last, and who waits for others. */
class RecentXids {
  readonly #xids = new Set<number>();
  readonly #waiting = new Set<{ readonly missing: Set<number>; readonly resolve: () => void }>();

  add(xid: number): void {
    this.#xids.add(xid);
    const [oldest] = this.#xids;
    if (this.#xids.size > mostXids && oldest !== undefined) this.#xids.delete(oldest);
    for (const waiter of this.#waiting) {
      waiter.missing.delete(xid);
      if (waiter.missing.size > 0) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  received(xids: readonly number[]): { readonly promise: Promise<void>; readonly end: () => void } {
    const missing = new Set(xids.filter((xid) => !this.#xids.has(xid)));
    if (missing.size === 0) return { promise: Promise.resolve(), end: () => {} };
    let end = (): void => {};
    const promise = new Promise<void>((resolve) => {
      const waiter = { missing, resolve };
      this.#waiting.add(waiter);
      end = () => this.#waiting.delete(waiter);
    });
    return { promise, end };
  }
}
