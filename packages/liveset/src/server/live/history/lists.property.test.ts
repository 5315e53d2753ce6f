import { test } from "vitest";
import { checkHistories } from "./check-histories.fixture.ts";
import { histories } from "./histories.fixture.ts";
import { sqliteDatabase } from "./sqlite-database.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 1_250 * soak;
const time = 270_000 * Math.max(1, soak);

test("P1 to P9: whatever is written, every client has what the scoped query gives, at every commit", {
  timeout: time + 30_000,
}, async () => {
  await checkHistories({ ...histories.lists, database: sqliteDatabase, runs, time });
});
