import type { DatabaseSync } from "node:sqlite";
import { readMigrationFiles } from "drizzle-orm/migrator";

/**
 * Applies the migrations of a folder that `drizzle-kit generate` wrote and that were not applied yet, in order, in one
 * transaction, and remembers them in `__drizzle_migrations` as Drizzle's own migrators do.
 */
export function migrate(database: DatabaseSync, migrationsFolder: string): void {
  database.exec(
    "CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)",
  );
  const last = database.prepare("SELECT max(created_at) AS at FROM __drizzle_migrations").get()?.at;
  const remember = database.prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)");
  const missing = readMigrationFiles({ migrationsFolder }).filter(
    (file) => file.folderMillis > Number(last ?? 0),
  );
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const file of missing) {
      for (const statement of file.sql) database.exec(statement);
      remember.run(file.hash, file.folderMillis);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
