import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { LeftBehind } from "../../testing/reference-client.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { Feed } from "../feed/feed.ts";
import { overrideLog, startFixture } from "./live.fixture.ts";
import { MissedLog } from "./missed-log.ts";

const list = { resource: "tasks", action: "list" } as const;
const cursor = (place: number): Cursor => String(place) as Cursor;

/** A log of rows 1 to n. Those between two marks are one transaction, or a part of it where it is read from the middle. */
class RowFeed implements Feed {
  readonly epoch = "e";
  readonly reads: (readonly [after: number, upTo: number])[] = [];
  length = 0;
  oldest = 0;
  readonly #marks: readonly number[];

  constructor(marks: readonly number[]) {
    this.#marks = marks;
  }

  get cursor(): Cursor {
    return cursor(this.length);
  }

  compare(a: Cursor, b: Cursor): number {
    return Number(a) - Number(b);
  }

  parse(text: string): Cursor {
    return text as Cursor;
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const [from, to] = [Number(after), Number(upTo)];
    this.reads.push([from, to]);
    if (from < this.oldest) return null;
    const ends = [...this.#marks.filter((mark) => mark > from && mark < to), ...(to > from ? [to] : [])];
    return ends.map((end, i) => {
      const begin = ends[i - 1] ?? from;
      const changes = Array.from({ length: end - begin }, (_, n) => ({
        table: "t",
        before: null,
        after: { id: begin + n + 1 },
      }));
      return { cursor: cursor(end), changes, mutations: [] };
    });
  }

  listen(): () => void {
    return () => {};
  }
}

/** The rows of transactions, which must be in order and in one piece. */
function rowsOf(transactions: readonly Transaction[] | null): readonly unknown[] | null {
  return transactions?.flatMap(({ changes }) => changes.map(({ after }) => after?.id)) ?? null;
}

describe("what returning clients have missed", () => {
  test("P4: is exactly what came after each one's cursor, whoever came before it", async () => {
    const ask = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(3));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(60)),
        fc.array(ask, { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (marks, asks, limit) => {
          const feed = new RowFeed(marks.toSorted((a, b) => a - b));
          const clock = new VirtualClock();
          const log = new MissedLog(feed, clock, limit);
          for (const [after, more, pause] of asks) {
            feed.length = Math.max(feed.length, after + more);
            const upTo = feed.length;
            const rows = rowsOf(await log.read(cursor(after), cursor(upTo)));
            expect(rows).toEqual(Array.from({ length: upTo - after }, (_, n) => after + n + 1));
            clock.advance(pause * 700);
          }
          log.end();
          expect(clock.pending).toBe(0);
        },
      ),
    );
  });

  test("is read once, and made longer at its ends", async () => {
    const feed = new RowFeed([2, 4, 6, 8]);
    const log = new MissedLog(feed, new VirtualClock(), 100);
    for (const [after, upTo] of [
      [4, 8],
      [4, 8],
      [6, 8],
      [2, 8],
      [4, 10],
      [2, 10],
    ] as const)
      await log.read(cursor(after), cursor(upTo));
    expect(feed.reads).toEqual([
      [4, 8],
      [2, 4],
      [8, 10],
    ]);
  });

  test("P4: is not known where the log was pruned, and still known to those who come from later", async () => {
    const feed = new RowFeed([2, 4, 6]);
    const log = new MissedLog(feed, new VirtualClock(), 100);
    expect(rowsOf(await log.read(cursor(4), cursor(6)))).toEqual([5, 6]);
    feed.oldest = 4;
    expect(await log.read(cursor(2), cursor(6))).toBeNull();
    expect(rowsOf(await log.read(cursor(4), cursor(6)))).toEqual([5, 6]);
  });

  test("is forgotten when nobody has asked for a while, and not kept beyond its bound", async () => {
    const feed = new RowFeed([]);
    const clock = new VirtualClock();
    let forgotten = 0;
    const log = new MissedLog(feed, clock, 5, () => forgotten++);
    const readAgain = async (after: number, upTo: number): Promise<boolean> => {
      const before = feed.reads.length;
      await log.read(cursor(after), cursor(upTo));
      return feed.reads.length > before;
    };
    await log.read(cursor(0), cursor(4));
    clock.advance(1_900);
    expect(await readAgain(0, 4)).toBe(false);
    clock.advance(1_900);
    expect(await readAgain(0, 4)).toBe(false);
    expect(forgotten).toBe(0);
    clock.advance(2_000);
    expect([forgotten, clock.pending]).toEqual([1, 0]);
    expect(await readAgain(0, 4)).toBe(true);
    expect(await readAgain(0, 6)).toBe(true);
    expect(await readAgain(0, 6)).toBe(true);
    log.end();
    expect(clock.pending).toBe(0);
  });
});

test("P4: clients that return together, from different places and to different lists, decode the log once, and each is told what it missed", async () => {
  let decoded = 0;
  const fixture = await startFixture({
    wrap: (database) =>
      overrideLog(database, (feed) => async (after, upTo) => {
        const transactions = await feed.read(after, upTo);
        decoded += transactions?.length ?? 0;
        return transactions;
      }),
  });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2), (3, 3)");
  const left: { readonly user: number; readonly behind: ReadonlyMap<string, LeftBehind> }[] = [];
  for (let n = 0; n < 12; n++) {
    const user = 1 + (n % 3);
    const { client, pair } = await fixture.connectPair(user);
    await client.open("s", list);
    pair.cut();
    left.push({ user, behind: client.leaveBehind() });
    await fixture.run(`update tasks set text = 'v${n}'`);
  }
  // In no order of their places.
  const order = left.toSorted((a, b) => (a.user - b.user) * 10 + left.indexOf(b) - left.indexOf(a));
  const clients = await Promise.all(order.map(({ user, behind }) => fixture.connect(user, behind)));
  await Promise.all(clients.map((client) => client.open("s", list)));
  await Promise.all(clients.map((client) => client.ping()));
  for (const client of clients) {
    expect(client.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: true });
    expect(client.rows("s")).toMatchObject([{ text: "v11" }]);
  }
  expect(decoded).toBe(12);
});

test("P4: what is written while clients return is told once", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  await fixture.run("update tasks set text = 'missed'");
  const again = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (n) => {
      const one = await fixture.connect(1, client.leaveBehind());
      one.subscribe("s", list);
      await fixture.run(`insert into tasks (id, ownerId) values (${10 + n}, 1)`);
      await fixture.run(`update tasks set text = 'v${n}' where id = 1`);
      return one;
    }),
  );
  for (const one of again) {
    await one.until(() => one.lists.has("s"));
    await one.ping();
    expect(
      one
        .rows("s")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([1, 11, 12, 13, 14, 15, 16]);
  }
});
