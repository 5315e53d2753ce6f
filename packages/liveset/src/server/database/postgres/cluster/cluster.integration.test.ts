import { describe, test } from "vitest";
import { feedCases } from "../../../../testing/database/feed-cases.ts";
import { isolationCases } from "../../../../testing/database/isolation-cases.ts";
import { mutationCases } from "../../../../testing/database/mutation-cases.ts";
import { type DatabaseHarness, databaseCases, describeDatabase } from "../../../../testing/database-suite.ts";
import { MemoryBroker } from "../../../../testing/memory-log.ts";
import { loseLog } from "../lose-log.fixture.ts";
import { makeDatabase } from "../make-database.fixture.ts";
import { postgres } from "../postgres.ts";
import { suiteSql, suiteTables } from "../suite-tables.fixture.ts";
import { clustered } from "./clustered.fixture.ts";

const makeHarness = (capture: "triggers" | "wal") => async (): Promise<DatabaseHarness> => {
  const { url, client, remove } = await makeDatabase(suiteSql);
  const broker = new MemoryBroker();
  return {
    tables: suiteTables,
    connect: () => clustered(postgres(url, { capture }), broker.connect()),
    outside: async (statements) => {
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";"));
    },
    loseLog: () => loseLog[capture](client),
    remove,
  };
};

const isSoak = Number(process.env.LIVESET_SOAK ?? 1) > 1;
/** What a cluster changes; the others are the database's alone. */
const cases = isSoak ? databaseCases : [...mutationCases, ...isolationCases, ...feedCases];

/** What reading by a slot of a node's own changes. */
const slotsCases = isSoak
  ? databaseCases
  : [...feedCases, ...isolationCases.filter(({ title }) => title.startsWith("P2"))];

/** A slot of a node's own begins when the node does: what was committed before is not in it. */
const excused = [
  "P4: a database that is opened again goes on where it was, and tells what happened meanwhile",
];

const makeSlots = async (): Promise<DatabaseHarness> => {
  const { url, client, remove } = await makeDatabase(suiteSql);
  return {
    tables: suiteTables,
    connect: () => clustered(postgres(url), "slots"),
    outside: async (statements) => {
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";"));
    },
    loseLog: () => loseLog.slots(client),
    remove,
  };
};

describeDatabase("A node of a cluster, triggers", makeHarness("triggers"), { describe, test }, cases);
describeDatabase("A node of a cluster, wal", makeHarness("wal"), { describe, test }, cases);
describeDatabase(
  "A node of a cluster, slots",
  makeSlots,
  { describe, test },
  slotsCases.filter(({ title }) => !excused.includes(title)),
);
