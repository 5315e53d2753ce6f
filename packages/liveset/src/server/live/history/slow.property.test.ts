import { test } from "vitest";
import { checkHistories } from "./check-histories.fixture.ts";
import { sqliteDatabase } from "./sqlite-database.fixture.ts";
import { weights } from "./weights.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 1_250 * soak;
const time = 270_000 * Math.max(1, soak);

test("P1 to P9: clients that read slowly cost little, are told the truth when they read, and hold nobody up", {
  timeout: time + 30_000,
}, async () => {
  await checkHistories({
    database: sqliteDatabase,
    setting: {
      limits: { waitingBytes: 700, bufferedBytes: 3_000, waitingChanges: 12 },
      onExpiry: "close",
    },
    weights: weights.slow,
    runs,
    time,
    floors: {
      "resets: backlog": 200,
      "closes: 4408": 20,
      "resets: slow_reader": 2,
      "windows grown": 30,
    },
  });
});
