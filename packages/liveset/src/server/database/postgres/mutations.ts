import type { ClientBase } from "pg";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import type { Mutation } from "../database.ts";
import { quoted } from "./sql-name.ts";

/** The answers of mutations, kept in the transactions of their writes. */
export class Mutations {
  readonly #table: string;

  constructor(schema: string) {
    this.#table = `${quoted(schema)}.mutations`;
  }

  /**
   * Claims a mutation for the open transaction, or gives the answer that was kept for it, as JSON. Where another transaction has claimed
   * it and is open, waits for its end.
   *
   * @throws LivesetError `mutation_reused` where the id was used by another owner or for another write.
   */
  async claim(client: ClientBase, { id, owner, fingerprint }: Mutation): Promise<string | null> {
    const { rowCount } = await client.query(
      `INSERT INTO ${this.#table} (id, owner, fingerprint) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
      [id, owner, fingerprint],
    );
    if (rowCount === 1) return null;
    const { rows } = await client.query<{ owner: string; fingerprint: string; value: string }>(
      `SELECT owner, fingerprint, value FROM ${this.#table} WHERE id = $1`,
      [id],
    );
    const [kept] = rows;
    if (kept?.owner !== owner || kept.fingerprint !== fingerprint) throw new LivesetError("mutation_reused");
    return kept.value;
  }

  /** Keeps the answer of a mutation that was claimed, in its transaction. */
  async keep(client: ClientBase, { id }: Mutation, value: Json): Promise<void> {
    await client.query(`UPDATE ${this.#table} SET value = $2 WHERE id = $1`, [
      id,
      JSON.stringify(value ?? null),
    ]);
  }

  /** Forgets answers older than an age in ms. */
  async prune(client: ClientBase, age: number): Promise<void> {
    await client.query(`DELETE FROM ${this.#table} WHERE at < now() - $1 * interval '1 millisecond'`, [age]);
  }
}
