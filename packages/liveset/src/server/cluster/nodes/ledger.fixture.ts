import { integer, pgTable, text } from "drizzle-orm/pg-core";
import pg from "pg";
import type { WireRow } from "../../../core/json.ts";

export const entries = pgTable("entries", {
  id: integer().primaryKey(),
  owner: integer().notNull(),
  text: text().notNull(),
});

export const createEntries =
  "CREATE TABLE entries (id integer PRIMARY KEY, owner integer NOT NULL, text text NOT NULL); CREATE INDEX ON entries (owner)";

/** A list's rows as one text. */
export function digestOf(rows: readonly WireRow[]): string {
  return rows
    .map(({ id, text }) => `${id}=${text}`)
    .sort()
    .join(" ");
}

/** The version that an owner's rows say they are of: the text of the row whose id is the owner. */
export function versionOf(rows: readonly WireRow[], owner: number): number {
  return Number(rows.find(({ id }) => id === owner)?.text ?? -1);
}

/**
 * Owners' rows, written by transactions of which each changes several rows of one owner and says which version they are of, so that
 * whoever sees an owner's list can be held against what the database held at that commit.
 */
export class Ledger {
  readonly owners: readonly number[];
  readonly #states: Map<number, Map<number, string>>;
  readonly #versions: Map<number, number>;
  readonly #rows: Map<number, Map<number, string>>;
  readonly #committed = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  #id = 1_000;
  #seed = 1;
  #writing = false;
  #writers: Promise<void>[] = [];

  constructor(owners: number) {
    this.owners = Array.from({ length: owners }, (_, i) => i + 1);
    this.#versions = new Map(this.owners.map((owner) => [owner, 0]));
    this.#rows = new Map(this.owners.map((owner) => [owner, new Map([[owner, "0"]])]));
    this.#states = new Map(this.owners.map((owner) => [owner, new Map([[0, `${owner}=0`]])]));
  }

  /** The rows before the first transaction, as SQL. */
  get begin(): string {
    return `INSERT INTO entries VALUES ${this.owners.map((owner) => `(${owner}, ${owner}, '0')`).join(", ")}`;
  }

  get transactions(): number {
    return this.#committed.size;
  }

  versionOf(owner: number): number {
    return this.#versions.get(owner) ?? -1;
  }

  /** What is wrong with rows that somebody shows at a commit; null where they are the owner's at that version. */
  fault(owner: number, rows: readonly WireRow[]): string | null {
    const version = versionOf(rows, owner);
    const name = `${owner} ${version}`;
    if (!this.#seen.has(name)) this.#seen.set(name, performance.now());
    const [is, should] = [digestOf(rows), this.#states.get(owner)?.get(version)];
    return is === should
      ? null
      : `list ${owner} at version ${version}\n  is:        ${is}\n  should be: ${should}`;
  }

  /** From commits to when anybody saw them first, in ms, ascending; of those that somebody saw. */
  get delays(): number[] {
    return [...this.#seen]
      .flatMap(([name, at]) => {
        const committed = this.#committed.get(name);
        return committed === undefined ? [] : [at - committed];
      })
      .sort((a, b) => a - b);
  }

  /** Begins to write: so many writers, each with owners of its own, so many transactions a second together. */
  start(url: string, writers: number, perSecond: number): void {
    this.#writing = true;
    this.#writers = Array.from({ length: writers }, (_, i) =>
      this.#write(
        url,
        this.owners.filter((owner) => owner % writers === i),
        (1_000 * writers) / perSecond,
      ),
    );
  }

  async stop(): Promise<void> {
    this.#writing = false;
    await Promise.all(this.#writers);
  }

  async #write(url: string, owners: readonly number[], every: number): Promise<void> {
    const client = new pg.Client(url);
    await client.connect();
    let next = performance.now();
    while (this.#writing) {
      const owner = owners[this.#random(owners.length)] ?? 0;
      const statements = this.#change(owner);
      await client.query(["BEGIN", ...statements, "COMMIT"].join("; "));
      this.#committed.set(`${owner} ${this.versionOf(owner)}`, performance.now());
      next += every;
      const rest = next - performance.now();
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
    await client.end();
  }

  #change(owner: number): string[] {
    const rows = this.#rows.get(owner) ?? new Map<number, string>();
    const version = this.versionOf(owner) + 1;
    const statements = Array.from({ length: 1 + this.#random(4) }, () => {
      const others = [...rows.keys()].filter((id) => id !== owner);
      const id = others[this.#random(others.length)];
      const value = `v${version}`;
      if (id === undefined || (others.length < 20 && this.#random(2) === 0)) {
        rows.set(++this.#id, value);
        return `INSERT INTO entries VALUES (${this.#id}, ${owner}, '${value}')`;
      }
      if (this.#random(2) === 0) {
        rows.delete(id);
        return `DELETE FROM entries WHERE id = ${id}`;
      }
      rows.set(id, value);
      return `UPDATE entries SET text = '${value}' WHERE id = ${id}`;
    });
    rows.set(owner, String(version));
    // Before it is committed: a list may show it at once.
    this.#versions.set(owner, version);
    this.#states.get(owner)?.set(version, digestOf([...rows].map(([id, text]) => ({ id, text }))));
    return [...statements, `UPDATE entries SET text = '${version}' WHERE id = ${owner}`];
  }

  #random(below: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.#seed / 2 ** 31) * below);
  }
}
