import { Connection } from "./connection.ts";
import { quoted } from "./sql-name.ts";

/**
 * Removes liveset's triggers from a database file, no server running. Do it before a migration that drops or renames a
 * column: SQLite refuses to drop one that a trigger names. The next start installs them again, and the log begins anew.
 *
 * @returns The names of the tables that had them.
 * @throws Error where the file is no database.
 * @example
 * ```ts
 * import { dropCapture } from "liveset/sqlite";
 *
 * dropCapture("todo.db");
 * ```
 */
export function dropCapture(path: string): string[] {
  const connection = new Connection(path, { readOnly: false, setUp: [], timeout: 5_000 });
  try {
    connection.exec("BEGIN IMMEDIATE");
    const triggers = connection.all(
      "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'liveset\\_%' ESCAPE '\\'",
    );
    for (const [name] of triggers) connection.exec(`DROP TRIGGER ${quoted(String(name))}`);
    connection.exec("COMMIT");
    return [...new Set(triggers.map(([, table]) => String(table)))];
  } finally {
    connection.close();
  }
}
