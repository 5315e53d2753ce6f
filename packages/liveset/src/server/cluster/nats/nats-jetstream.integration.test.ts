import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { quiet } from "../../../testing/database/quiet.ts";
import { describeClusterLog } from "../../../testing/log-suite.ts";
import { startBroker } from "../../../testing/programs/broker-harness.ts";
import { programForTests } from "../../../testing/programs/find-program.ts";
import { systemClock } from "../../system-clock.ts";
import { natsJetStream } from "./nats-jetstream.ts";

const path = programForTests("nats-server");

function start(more: readonly string[] = []) {
  return startBroker({
    path: path ?? "",
    args: (port, folder) => [
      "-js",
      "-sd",
      join(folder, "data"),
      "-a",
      "127.0.0.1",
      "-p",
      String(port),
      ...more,
    ],
    connect: (port, options) => natsJetStream(`nats://127.0.0.1:${port}`, options),
  });
}

describe.skipIf(path === null)("With a NATS", () => {
  describeClusterLog("NATS JetStream", () => start(), { describe, test });

  test("a wrong password is `unavailable`, and the right one is not", async () => {
    const broker = await start(["--user", "me", "--pass", "secret"]);
    onTestFinished(() => broker.remove());
    for (const user of ["", "me:wrong@"]) {
      const log = natsJetStream(`nats://${user}127.0.0.1:${broker.port}`);
      const opening = log.open({ log: quiet, clock: systemClock });
      await expect(opening, user).rejects.toMatchObject({ code: "unavailable" });
      await log.close();
    }
    const log = natsJetStream(`nats://me:secret@127.0.0.1:${broker.port}`);
    await log.open({ log: quiet, clock: systemClock });
    expect(await log.ends()).toBeNull();
    await log.close();
  });

  test("names that no stream can have are refused", () => {
    for (const name of ["", "a.b", "a b", "a*"])
      expect(() => natsJetStream("nats://127.0.0.1", { name }), name).toThrow(RangeError);
  });
});
