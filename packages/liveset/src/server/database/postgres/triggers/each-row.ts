import type { ClientBase } from "pg";
import pg from "pg";

/**
 * Hands over the rows of all statements of a text as they come, without keeping them. `take` must not throw; what rows look like is for
 * the caller to know.
 *
 * Rejects with what the database says, and where the connection is lost; some rows may have been handed over by then.
 */
export function eachRow<R>(client: ClientBase, text: string, take: (row: R) => void): Promise<void> {
  const query = new pg.Query(text);
  return new Promise((resolve, reject) => {
    query.on("row", take);
    query.on("error", reject);
    query.on("end", () => resolve());
    client.query(query);
  });
}
