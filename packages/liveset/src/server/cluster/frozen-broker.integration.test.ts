import { describe, expect, onTestFinished, test } from "vitest";
import { beginLog, hear, openLog, patiently } from "../../testing/cluster/log-harness.ts";
import { startBroker } from "../../testing/programs/broker-harness.ts";
import { programForTests } from "../../testing/programs/find-program.ts";
import { brokers } from "./brokers.fixture.ts";

describe.each(brokers)("With $program", ({ program, args, connect }) => {
  const path = programForTests(program);

  test.skipIf(path === null)(
    "a broker that hangs is said to followers; when it goes on nothing is missed",
    async () => {
      const broker = await startBroker({ path: path ?? "", args, connect });
      onTestFinished(() => broker.remove());
      const [one, two] = [await openLog(broker), await openLog(broker)];
      onTestFinished(async () => {
        await Promise.all([one.close(), two.close()]);
      });
      const base = await beginLog(one);
      const heard = hear(two, base);
      await expect.poll(() => heard.live).toBe(true);
      broker.freeze(true);
      await expect.poll(() => heard.live, { timeout: 15_000 }).toBe(false);
      await expect(one.ends()).rejects.toMatchObject({ code: "unavailable" });
      broker.freeze(false);
      await patiently(() => one.append(["a", "b"], base));
      await expect.poll(() => [heard.live, heard.texts], { timeout: 10_000 }).toEqual([true, ["a", "b"]]);
    },
  );
});
