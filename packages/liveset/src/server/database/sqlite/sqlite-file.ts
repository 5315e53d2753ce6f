import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "./connection.ts";

/** How long opening and reading block while the file is locked for a moment, in ms. The writer does not block, see `Writer`. */
const lockedFor = 1_000;

/** A database file and how it is opened. `:memory:` is a file of its own in the system's temporary folder. */
export class SqliteFile {
  readonly #path: string;
  readonly #folder: string | null;
  #writer: Connection | null = null;

  constructor(path: string) {
    this.#folder = path === ":memory:" ? mkdtempSync(join(tmpdir(), "liveset-")) : null;
    this.#path = this.#folder === null ? path : join(this.#folder, "memory.db");
  }

  /** The one connection that writes; the first call makes the file. */
  readonly writer = (): Connection => {
    const synchronous = this.#folder === null ? "NORMAL" : "OFF";
    this.#writer ??= this.#open(false, [
      "PRAGMA journal_mode = WAL",
      `PRAGMA synchronous = ${synchronous}`,
      "PRAGMA busy_timeout = 0",
    ]);
    return this.#writer;
  };

  /** A new connection that only reads. */
  readonly reader = (): Connection => {
    this.writer();
    return this.#open(true, []);
  };

  /** Closes the writer, last of all connections, so that SQLite takes the WAL into the file; removes a temporary file. */
  close(): void {
    this.#writer?.close();
    this.#writer = null;
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  #open(readOnly: boolean, setUp: readonly string[]): Connection {
    try {
      return new Connection(this.#path, { readOnly, setUp, timeout: lockedFor });
    } catch (error) {
      throw new Error(
        `The database file "${this.#path}" cannot be opened: ${error instanceof Error ? error.message : error}`,
        {
          cause: error,
        },
      );
    }
  }
}
