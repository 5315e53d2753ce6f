import type { Transaction } from "../core/change/transaction.ts";
import { inspectTable } from "../server/table/inspect-table.ts";
import { errorCases } from "./database/error-cases.ts";
import { feedCases } from "./database/feed-cases.ts";
import { connect, type DatabaseCase, type DatabaseHarness } from "./database/harness.ts";
import { isolationCases } from "./database/isolation-cases.ts";
import { mutationCases } from "./database/mutation-cases.ts";
import { quiet } from "./database/quiet.ts";
import { writeCases } from "./database/write-cases.ts";

export type { DatabaseCase, DatabaseHarness, SuiteTables } from "./database/harness.ts";

/** The part of a test runner that the suite needs: Vitest, Jest and `node:test` have it. */
export interface SuiteRunner {
  describe(title: string, body: () => void): unknown;
  test(title: string, body: () => Promise<void>): unknown;
}

/** Every requirement of a `Database` and its `Feed`. */
export const databaseCases: readonly DatabaseCase[] = [
  ...writeCases,
  ...mutationCases,
  ...isolationCases,
  ...feedCases,
  ...errorCases,
];

/**
 * The conformance suite of databases: one test for each requirement, each on a database of its own.
 *
 * @example
 * ```ts
 * import { describe, test } from "vitest";
 * import { type DatabaseHarness, describeDatabase } from "liveset/testing";
 *
 * declare function makeHarness(): Promise<DatabaseHarness>;
 *
 * describeDatabase("my database", makeHarness, { describe, test });
 * ```
 *
 * @param cases some of them, where the others are run elsewhere. Default: all
 */
export function describeDatabase(
  name: string,
  makeHarness: () => Promise<DatabaseHarness>,
  { describe, test }: SuiteRunner,
  cases: readonly DatabaseCase[] = databaseCases,
): void {
  describe(name, () => {
    for (const { title, run } of cases) test(title, () => runCase(makeHarness, run));
  });
}

async function runCase(makeHarness: () => Promise<DatabaseHarness>, run: DatabaseCase["run"]): Promise<void> {
  const harness = await makeHarness();
  const database = connect(harness);
  try {
    await database.open({ tables: Object.values(harness.tables).map(inspectTable), log: quiet });
    const heard: Transaction[] = [];
    database.feed.listen((transaction) => heard.push(transaction));
    await run({ harness, database, heard });
  } finally {
    await database.close();
    await harness.remove();
  }
}
