/** What a snapshot sees: PostgreSQL's `pg_current_snapshot()`. */
export interface WalSnapshot {
  /** Whether it sees a committed transaction, whose id is the lower half, as the stream gives it. */
  sees(xid: number): boolean;
}

const span = 2n ** 32n;
const form = /^(\d+):(\d+):([\d,]*)$/;

/**
 * Reads `xmin:xmax:xip,…`.
 *
 * @throws Error for another text.
 */
export function parseSnapshot(text: string): WalSnapshot {
  const { xmax, open } = partsOf(text);
  return {
    sees: (xid) => {
      const full = widen(xid, xmax);
      return full < xmax && !open.has(full);
    },
  };
}

/**
 * The transactions that one snapshot sees and a later one does not: where the first was made from the WAL, commits that are written and
 * not visible yet. Their ids' lower halves.
 */
export function notYetVisible(fromWal: string, later: string): number[] {
  const [first, second] = [parseSnapshot(fromWal), partsOf(later)];
  const candidates = [...second.open];
  for (let xid = second.xmax; xid < partsOf(fromWal).xmax; xid++) candidates.push(xid);
  return candidates.map((xid) => Number(xid % span)).filter((xid) => first.sees(xid));
}

function partsOf(text: string): { readonly xmax: bigint; readonly open: ReadonlySet<bigint> } {
  const match = form.exec(text);
  if (match === null) throw new Error(`"${text}" is not a snapshot.`);
  const open = (match[3] ?? "").split(",").filter((xid) => xid !== "");
  return { xmax: BigInt(match[2] ?? ""), open: new Set(open.map(BigInt)) };
}

/** The whole id nearest to another. */
function widen(xid: number, near: bigint): bigint {
  const full = near - (near % span) + BigInt(xid);
  if (full > near + span / 2n) return full - span;
  return full < near - span / 2n ? full + span : full;
}

/**
 * How many transactions of a stream a snapshot sees, or null where they are not its first ones: commits become visible in another
 * order than that in which they are written, and then no place in the stream is that of the snapshot.
 *
 *     stream    T1 T2 T3 │ T4        sees T1, T2, T3: 3
 *     stream    T1 T2 T3   T4        sees T1, T3: null
 */
export function seenOf(snapshot: WalSnapshot, xids: readonly number[]): number | null {
  const first = xids.findIndex((xid) => !snapshot.sees(xid));
  if (first < 0) return xids.length;
  return xids.slice(first).some((xid) => snapshot.sees(xid)) ? null : first;
}
