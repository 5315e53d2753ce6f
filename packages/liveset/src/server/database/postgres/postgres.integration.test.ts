import { describe, test } from "vitest";
import { type DatabaseHarness, describeDatabase } from "../../../testing/database-suite.ts";
import { loseLog } from "./lose-log.fixture.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

const makeHarness = (capture: "triggers" | "wal") => async (): Promise<DatabaseHarness> => {
  const { url, client, remove } = await makeDatabase(suiteSql);
  return {
    tables: suiteTables,
    connect: () => postgres(url, { capture }),
    outside: async (statements) => {
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";"));
    },
    loseLog: () => loseLog[capture](client),
    remove,
  };
};

describeDatabase("PostgreSQL, triggers", makeHarness("triggers"), { describe, test });
describeDatabase("PostgreSQL, wal", makeHarness("wal"), { describe, test });
