import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { seedDepartments } from "../../departments/seed-departments.ts";
import { seedRows } from "../seed/seed-rows.ts";
import { migrate } from "./migrate.ts";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** Brings a database file up to the newest migration, and fills it where it is new. Returns whether it was. */
export function prepareDatabase(file: string): boolean {
  const database = new DatabaseSync(file);
  try {
    migrate(database, migrationsFolder);
    const isNew = database.prepare("SELECT 1 FROM users").get() === undefined;
    if (isNew) seed(database);
    seedDepartments(database);
    return isNew;
  } finally {
    database.close();
  }
}

/** Writes the first rows, in one transaction. */
function seed(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const [table, rows] of Object.entries(seedRows())) insertRows(database, table, rows);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function insertRows(database: DatabaseSync, table: string, rows: readonly object[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const names = columns.map((column) => `"${column}"`).join(", ");
  const insert = database.prepare(
    `INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  for (const row of rows) {
    insert.run(
      ...Object.values(row).map(
        (value): SQLInputValue => (typeof value === "boolean" ? Number(value) : value),
      ),
    );
  }
}
