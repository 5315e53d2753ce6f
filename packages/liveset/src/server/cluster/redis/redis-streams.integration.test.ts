import { describe, expect, onTestFinished, test } from "vitest";
import { quiet } from "../../../testing/database/quiet.ts";
import { describeClusterLog } from "../../../testing/log-suite.ts";
import { startBroker } from "../../../testing/programs/broker-harness.ts";
import { programForTests } from "../../../testing/programs/find-program.ts";
import { systemClock } from "../../system-clock.ts";
import { redisStreams } from "./redis-streams.ts";

const path = programForTests("redis-server");

function start(more: readonly string[] = []) {
  return startBroker({
    path: path ?? "",
    // Every write is on disk before it is answered, so that a crash loses nothing unless the test says so.
    args: (port, folder) => [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "always", ...more],
    ],
    connect: (port, options) => redisStreams(`redis://127.0.0.1:${port}`, options),
  });
}

describe.skipIf(path === null)("With a Redis", () => {
  describeClusterLog("Redis Streams", () => start(), { describe, test });

  test("a wrong password is `unavailable`, and the right one is not", async () => {
    const broker = await start(["--requirepass", "secret"]);
    onTestFinished(() => broker.remove());
    for (const user of ["", ":wrong@"]) {
      const log = redisStreams(`redis://${user}127.0.0.1:${broker.port}`);
      const opening = log.open({ log: quiet, clock: systemClock });
      await expect(opening, user).rejects.toMatchObject({ code: "unavailable" });
      await log.close();
    }
    const log = redisStreams(`redis://:secret@127.0.0.1:${broker.port}`);
    await log.open({ log: quiet, clock: systemClock });
    expect(await log.ends()).toBeNull();
    await log.close();
  });

  test("two applications with names of their own share a Redis and hear nothing of each other", async () => {
    const broker = await start();
    onTestFinished(() => broker.remove());
    const logs = ["one", "two"].map((name) => redisStreams(`redis://127.0.0.1:${broker.port}`, { name }));
    for (const log of logs) await log.open({ log: quiet, clock: systemClock });
    await logs[0]?.begin("base", null);
    expect(await logs[1]?.ends()).toBeNull();
    await Promise.all(logs.map((log) => log.close()));
  });

  test("bytes bound the log as the number of entries does", async () => {
    const broker = await start();
    onTestFinished(() => broker.remove());
    const log = redisStreams(`redis://127.0.0.1:${broker.port}`, { bytes: 5_000 });
    await log.open({ log: quiet, clock: systemClock });
    let place = await log.begin("base", null);
    for (let i = 0; i < 20 && place !== null; i++) place = await log.append(["x".repeat(1_000)], place);
    expect(await log.ends()).toMatchObject({ first: 17, last: 21 });
    await log.close();
  });
});
