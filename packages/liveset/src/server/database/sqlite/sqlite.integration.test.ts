import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "vitest";
import { type DatabaseHarness, describeDatabase } from "../../../testing/database-suite.ts";
import { sqlite } from "./sqlite.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

async function makeHarness(): Promise<DatabaseHarness> {
  const folder = mkdtempSync(join(tmpdir(), "liveset-suite-"));
  const path = join(folder, "suite.db");
  const other = new DatabaseSync(path);
  other.exec(suiteSql);
  return {
    tables: suiteTables,
    connect: () => sqlite(path),
    outside: async (statements) => other.exec(["BEGIN IMMEDIATE", ...statements, "COMMIT"].join(";")),
    loseLog: async () => other.exec("DELETE FROM liveset_changes"),
    remove: async () => {
      other.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeDatabase("SQLite", makeHarness, { describe, test });
