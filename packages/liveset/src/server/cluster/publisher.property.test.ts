import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryBroker } from "../../testing/memory-log.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import type { Log } from "../log.ts";
import type { ClusterLog } from "./cluster-log.ts";
import { LogFeed } from "./log-feed.ts";
import { LogReader } from "./log-reader.ts";
import { History } from "./memory-feed.fixture.ts";
import { Publisher } from "./publisher.ts";

/** Characters of the largest transaction that is published: a few are larger. */
const longest = 2_900;

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What happens to a cluster, one step after another. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("commit" as const), size: fc.integer({ max: 3_000, min: 1 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("lead" as const), known: fc.integer({ max: 8, min: 0 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("kill" as const), leader: fc.nat() }) },
  // Of the next append only so many entries arrive, and it fails.
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("break" as const), entries: fc.integer({ max: 3, min: 0 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("node" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("stop", "start", "lose") }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("time" as const), turns: fc.integer({ max: 40, min: 1 }) }),
  },
);

/** What a node was told: stretches of the history, each without a gap. */
interface Node {
  readonly reader: LogReader;
  readonly feed: () => LogFeed | null;
  readonly stretches: readonly Stretch[];
}

interface Stretch {
  readonly from: number;
  readonly told: CapturedTransaction[];
}

class World {
  readonly history = new History();
  readonly clock = new VirtualClock();
  readonly broker = new MemoryBroker({ count: 12, entryBytes: 1_024 });
  readonly leaders: Publisher[] = [];
  readonly nodes: Node[] = [];
  #breakAfter: number | null = null;

  async connect(): Promise<ClusterLog> {
    const cluster = this.broker.connect();
    // Which waits for no broker.
    await cluster.open({ log, clock: this.clock }).catch(() => {});
    const append = cluster.append.bind(cluster);
    return Object.assign(cluster, {
      append: async (...[texts, after]: Parameters<ClusterLog["append"]>) => {
        const broken = this.#breakAfter;
        if (broken === null) return append(texts, after);
        this.#breakAfter = null;
        if (broken > 0) await append(texts.slice(0, broken), after);
        throw new Error("The connection was lost.");
      },
    });
  }

  async run(what: typeof step extends fc.Arbitrary<infer S> ? S : never): Promise<void> {
    switch (what.do) {
      case "commit":
        return this.history.commit(what.size);
      case "lead":
        return this.lead(what.known);
      case "kill":
        void this.leaders.splice(what.leader % Math.max(1, this.leaders.length), 1)[0]?.stop();
        return;
      case "break":
        this.#breakAfter = what.entries;
        return;
      case "node":
        return this.node();
      case "time":
        return this.pass(what.turns, 20);
      case "stop":
        return this.broker.stop();
      case "start":
        return this.broker.start();
      case "lose":
        return this.broker.lose();
    }
  }

  async lead(known: number): Promise<void> {
    this.broker.start();
    const source = this.history.feed(known);
    const cluster = await this.connect();
    const leader = new Publisher({ cluster, source, log, clock: this.clock, longest });
    leader.start();
    this.leaders.push(leader);
  }

  async node(): Promise<void> {
    this.broker.start();
    const stretches: Stretch[] = [];
    const cluster = await this.connect();
    let feed: LogFeed | null = null;
    const reader = new LogReader(
      { cluster, log, clock: this.clock },
      {
        begun: (position) => {
          stretches.push({ from: this.history.countAt(position.cursor), told: [] });
          if (feed === null) feed = new LogFeed({ cluster, log, caughtUp: async () => {} }, position);
          else feed.lose(position);
        },
        transaction: (transaction) => {
          stretches.at(-1)?.told.push(transaction);
          feed?.give(transaction);
        },
        live: () => {},
      },
    );
    void reader.start();
    this.nodes.push({ reader, feed: () => feed, stretches });
  }

  async pass(turns: number, ms: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(ms);
    }
  }

  get ends(): number[] {
    return this.nodes.map(({ stretches }) => {
      const last = stretches.at(-1);
      return last === undefined ? -1 : last.from + last.told.length;
    });
  }

  async settle(): Promise<void> {
    this.broker.start();
    if (this.leaders.length === 0) await this.lead(0);
    this.history.commit(1);
    const behind = (): boolean => this.ends.some((end) => end !== this.history.transactions.length);
    for (let round = 0; round < 300 && behind(); round++) await this.pass(1, 500);
  }

  async end(): Promise<void> {
    for (const { reader } of this.nodes) reader.end();
    await Promise.all(this.leaders.map((leader) => leader.stop()));
  }
}

function sizeOf({ changes, mutations, xid }: CapturedTransaction): number {
  return JSON.stringify({ changes, mutations, xid }).length;
}

/** Reading from some transactions ago gives them as they were, or says that they are not there any more. */
async function readsAre(feed: LogFeed | null, history: History, back: number): Promise<void> {
  if (feed === null) throw new Error("The node has no feed.");
  const { transactions } = history;
  const from = Math.max(0, transactions.length - back);
  const read = await feed.read(history.cursorAt(from), feed.cursor);
  if (read !== null)
    expect(read.map(({ cursor, changes }) => [cursor, changes])).toEqual(
      transactions.slice(from).map(({ cursor, changes }) => [cursor, changes]),
    );
  expect(await feed.read(feed.cursor, feed.cursor)).toEqual([]);
}

test(
  "P3, P4: whatever dies or is lost, every node is told the history's transactions in order, none twice, and of any gap; what is too large for the log is a gap",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 20 }),
        fc.array(step, { minLength: 20, maxLength: 150, size: "max" }),
        async (back, steps) => {
          const world = new World();
          await world.node();
          await world.lead(0);
          for (const what of steps) await world.run(what);
          await world.settle();
          const { transactions } = world.history;
          expect(world.ends).toEqual(world.nodes.map(() => transactions.length));
          for (const { stretches } of world.nodes)
            for (const { from, told } of stretches)
              expect(told.map(({ cursor, xid, changes }) => [cursor, xid, changes])).toEqual(
                transactions
                  .slice(from, from + told.length)
                  .map(({ cursor, xid, changes }) => [cursor, xid, changes]),
              );
          const sizes = world.nodes.flatMap(({ stretches }) =>
            stretches.flatMap(({ told }) => told.map(sizeOf)),
          );
          expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(longest);
          // A stretch never begins before the one before it has ended.
          for (const { stretches } of world.nodes)
            stretches.forEach(({ from }, i) => {
              const before = stretches[i - 1];
              if (before !== undefined) expect(from).toBeGreaterThan(before.from + before.told.length);
            });
          for (const { feed } of world.nodes) await readsAre(feed(), world.history, back);
          await world.end();
        },
      ),
      { numRuns: 150 * soak },
    );
  },
  30_000 * soak,
);
