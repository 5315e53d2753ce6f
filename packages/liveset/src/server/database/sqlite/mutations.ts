import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import type { Mutation } from "../database.ts";
import type { Connection } from "./connection.ts";

/**
 * The answer that was kept for a mutation, as JSON; null where it was not yet seen.
 *
 * @throws LivesetError `mutation_reused` where the id was used by another owner or for another write.
 */
export function keptAnswer(connection: Connection, { id, owner, fingerprint }: Mutation): string | null {
  const [keptOwner, keptFingerprint, value] = connection.get(
    "SELECT owner, fingerprint, value FROM liveset_mutations WHERE id = ?",
    id,
  );
  if (value === undefined) return null;
  if (keptOwner !== owner || keptFingerprint !== fingerprint) throw new LivesetError("mutation_reused");
  return String(value);
}

/** Keeps a mutation's answer, in its transaction. */
export function keepAnswer(connection: Connection, { id, owner, fingerprint }: Mutation, value: Json): void {
  connection.run(
    "INSERT INTO liveset_mutations (id, owner, fingerprint, value, at) VALUES (?, ?, ?, ?, ?)",
    [id, owner, fingerprint, JSON.stringify(value ?? null), Date.now()],
    "run",
  );
}
