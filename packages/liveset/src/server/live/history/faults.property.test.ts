import { test } from "vitest";
import { checkHistories } from "./check-histories.fixture.ts";
import { histories } from "./histories.fixture.ts";
import { sqliteDatabase } from "./sqlite-database.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 1_250 * soak;
const time = 270_000 * Math.max(1, soak);

test("P1 to P9: lines and servers that break lose nothing, and apply no write twice", {
  timeout: time + 30_000,
}, async () => {
  await checkHistories({ ...histories.faults, database: sqliteDatabase, runs, time });
});
