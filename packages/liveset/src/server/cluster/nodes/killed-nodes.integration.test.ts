import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { startBroker } from "../../../testing/programs/broker-harness.ts";
import { programForTests } from "../../../testing/programs/find-program.ts";
import { freePort } from "../../../testing/programs/start-program.ts";
import { makeDatabase } from "../../database/postgres/make-database.fixture.ts";
import { brokers } from "../brokers.fixture.ts";
import { Follower } from "./follower.fixture.ts";
import { createEntries, digestOf, Ledger } from "./ledger.fixture.ts";
import { NodeProcess } from "./node-process.fixture.ts";

const isSoak = Number(process.env.LIVESET_SOAK ?? 1) > 1;

/** Of how many clients nodes are killed. */
const clients = 300;
const killEvery = 2_000;

/** How long three nodes take to start together on two cores that have nothing else to do, in ms. */
const usualStart = 3_000;

/** By which broker, or by slots of their own; for how long where it is not a soak, in ms, or not then. */
const all = [
  { capture: "wal", program: "redis-server", short: 12_000 },
  { capture: "triggers", program: "nats-server", short: 12_000 },
  { capture: "wal", program: "slots", short: 6_000 },
  { capture: "wal", program: "nats-server", short: null },
  { capture: "triggers", program: "redis-server", short: null },
] as const;
const chosen = all.flatMap(({ short, ...each }) => {
  const duration = isSoak ? 60_000 : short;
  return duration === null ? [] : [{ ...each, duration }];
});

/** A broker that ends with the test; null for slots. */
async function brokerOf(program: string, path: string | null) {
  if (program === "slots") return null;
  const kind = brokers.find((each) => each.program === program);
  if (kind === undefined) throw new Error("There is no such broker.");
  const broker = await startBroker({ path: path ?? "", args: kind.args, connect: kind.connect });
  onTestFinished(() => broker.remove());
  return { program, port: broker.port };
}

/** Resolves when the condition holds. */
async function until(condition: () => boolean, what: () => string): Promise<void> {
  for (let round = 0; !condition(); round++) {
    if (round > 600) throw new Error(what());
    await delay(50);
  }
}

describe.each(chosen)("With $program and $capture", ({ capture, program, duration }) => {
  const path = program === "slots" ? null : programForTests(program);

  test.skipIf(path === null && program !== "slots")(
    "P1, P3, P4: three nodes of which one is killed every two seconds, under load: 300 clients are exact at every commit and in the end, and another node reads the changes within five seconds",
    { timeout: 120_000 },
    async () => {
      const broker = await brokerOf(program, path);
      const made = await makeDatabase(createEntries);
      onTestFinished(() => made.remove());
      const ledger = new Ledger(30);
      await made.client.query(ledger.begin);
      const nodes: NodeProcess[] = [];
      for (let i = 0; i < 3; i++)
        nodes.push(
          new NodeProcess({
            database: made.url,
            capture,
            broker,
            port: await freePort(),
          }),
        );
      let isOver = false;
      onTestFinished(async () => {
        isOver = true;
        await Promise.all(nodes.map((node) => node.kill()));
      });
      const starting = performance.now();
      await Promise.all(nodes.map((node) => node.start()));
      // On a busy machine everything takes longer, as the start of three nodes does.
      const slowness = Math.max(1, (performance.now() - starting) / usualStart);
      const urls = nodes.map(({ url }) => url);
      const followers = Array.from(
        { length: clients },
        (_, i) => new Follower(ledger, (i % ledger.owners.length) + 1, urls, i),
      );
      onTestFinished(() => {
        for (const follower of followers) follower.end();
      });
      const behind = () => followers.filter(({ owner, version }) => version !== ledger.versionOf(owner));
      const whatIsBehind = () =>
        [
          ...behind()
            .slice(0, 5)
            .map(({ state }) => state),
          ...nodes.map(({ output }) => output),
        ].join("\n");
      await until(() => behind().length === 0, whatIsBehind);
      ledger.start(made.url, 3, 60);
      const begin = performance.now();
      const running = [...nodes];
      let kills = 0;
      while (performance.now() - begin < duration) {
        await delay(killEvery);
        // Somebody must be there to take over: on a busy machine a node takes its time to come back.
        const node = running.length < 2 ? undefined : running.shift();
        if (node === undefined) continue;
        await node.kill();
        kills++;
        node.start().then(
          () => running.push(node),
          (error) => isOver || followers[0]?.faults.push(String(error)),
        );
      }
      await ledger.stop();
      await until(() => behind().length === 0, whatIsBehind);
      expect(followers.flatMap(({ faults }) => faults).slice(0, 5)).toEqual([]);
      const { rows } = await made.client.query("SELECT id, owner, text FROM entries");
      for (const follower of followers)
        expect(digestOf(follower.rows)).toBe(digestOf(rows.filter(({ owner }) => owner === follower.owner)));
      const { delays } = ledger;
      const count = (of: (follower: Follower) => number) =>
        followers.reduce((sum, follower) => sum + of(follower), 0);
      const [resumed, reset] = [count((each) => each.resumed), count((each) => each.reset)];
      if (process.env.LIVESET_FIGURES)
        process.emitWarning(
          `${capture} ${program}: slowness ${slowness.toFixed(1)}, ${kills} kills, ${ledger.transactions} transactions, delays p50 ${delays[delays.length >> 1]?.toFixed(0)} max ${delays.at(-1)?.toFixed(0)} ms, ${resumed} resumed, ${reset} reset`,
        );
      expect(delays.at(-1)).toBeLessThan(5_000 * slowness);
      expect(resumed).toBeGreaterThan(0);
      // A node that reads by itself does not know what was before it: whoever comes to one that has just begun may be reset.
      if (broker !== null) expect(reset).toBe(0);
      else expect(reset).toBeLessThan(resumed);
    },
  );
});
