import { test } from "vitest";
import { checkHistories } from "./check-histories.fixture.ts";
import { sqliteDatabase } from "./sqlite-database.fixture.ts";
import { weights } from "./weights.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 1_250 * soak;
const time = 270_000 * Math.max(1, soak);

test("P1 to P9: whatever is written, every client has what the scoped query gives, at every commit", {
  timeout: time + 30_000,
}, async () => {
  await checkHistories({
    database: sqliteDatabase,
    setting: { limits: {}, onExpiry: "close" },
    weights: weights.lists,
    runs,
    time,
    floors: {
      enters: 800,
      leaves: 400,
      "leaves of rows that are still there": 80,
      "updates of nested rows": 120,
      "facts of windows and counts": 200,
      "windows grown": 60,
      "lists judged": 20_000,
      "writes rolled back": 100,
    },
  });
});
