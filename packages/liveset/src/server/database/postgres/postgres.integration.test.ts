import { describe, test } from "vitest";
import { type DatabaseHarness, describeDatabase } from "../../../testing/database-suite.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

async function makeHarness(): Promise<DatabaseHarness> {
  const { url, client, remove } = await makeDatabase(suiteSql);
  return {
    tables: suiteTables,
    connect: () => postgres(url, { capture: "triggers" }),
    outside: async (statements) => {
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";"));
    },
    remove,
  };
}

describeDatabase("PostgreSQL, triggers", makeHarness, { describe, test });
