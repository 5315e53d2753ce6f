import { test } from "vitest";
import { checkHistories } from "./check-histories.fixture.ts";
import { type About, histories } from "./histories.fixture.ts";
import { postgresDatabase } from "./postgres-database.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 8 * soak;
const time = 120_000 * Math.max(1, soak);
const cases = (["triggers", "wal"] as const).flatMap((capture) =>
  Object.entries<About>(histories).map(([name, about]) => ({ capture, name, about })),
);

test.each(cases)(
  "P1 to P9: histories of $name on PostgreSQL by $capture",
  { timeout: time + 30_000 },
  async ({ capture, about }) => {
    await checkHistories({
      ...about,
      database: postgresDatabase(capture),
      runs,
      time,
      floors: { "lists judged": 2_000, frames: 5_000 },
    });
  },
);
