import type { LogRow } from "../../../feed/log-row.ts";
import type { DatabaseTable } from "../capture.ts";
import type { TransactionBounds } from "../transaction-bounds.ts";
import { decodePgoutput, type PgoutputMessage, type RelationColumn, type TupleValue } from "./pgoutput.ts";

/** The prefix of liveset's own logical messages. */
export const messagePrefix = "liveset";

/** What such a message says, as JSON. */
export type WalNote =
  /** A mutation's id. */
  | readonly ["mutation", id: string]
  /** A mark: whoever wrote it waits for it in the stream. */
  | readonly ["mark", id: string]
  /** A row that TRUNCATE takes away: the names of the table's columns, and their values. */
  | readonly ["truncated", oid: number, names: readonly string[], row: readonly (string | null)[]];

/** A transaction of the stream. */
export interface WalTransaction {
  readonly xid: number;
  /** Where it ends in the WAL, in bytes. */
  readonly end: number;
  /** When it was committed, in ms since 1970. */
  readonly at: number;
  /** `layout` is the table's number among those declared; images are JSON lists of texts. */
  readonly rows: readonly LogRow[];
  readonly mutations: readonly string[];
  readonly marks: readonly string[];
}

/** The stream cannot be followed without a wrong row. Another attempt would end alike. */
export class StreamBroken extends Error {}

type Message<K extends PgoutputMessage["kind"]> = Extract<PgoutputMessage, { kind: K }>;

interface Relation {
  /** The table's number among those declared. */
  readonly layout: number;
  /** For each declared column, where its value stands in a tuple. */
  readonly places: readonly number[];
}

/** Makes transactions of the plugin's messages. Columns are found by name. */
export class WalAssembler {
  readonly #tables: readonly DatabaseTable[];
  readonly #relations = new Map<number, Relation>();
  /** Types of the declared columns, as they were described first. */
  readonly #types = new Map<number, readonly number[]>();
  readonly #bounds: TransactionBounds;
  #xid = 0;
  #rows: LogRow[] = [];
  #text = 0;
  #mutations: string[] = [];
  #marks: string[] = [];

  constructor(tables: readonly DatabaseTable[], bounds: TransactionBounds) {
    this.#tables = tables;
    this.#bounds = bounds;
  }

  /**
   * Takes a message, and gives the transaction that it ends.
   *
   * @throws StreamBroken where a declared column is gone or has another type, an old row is missing, a transaction is too large, or the
   *   message cannot be read.
   */
  take(bytes: Buffer): WalTransaction | null {
    const message = this.#decode(bytes);
    switch (message.kind) {
      case "begin":
        this.#xid = message.xid;
        this.#rows = [];
        this.#text = 0;
        this.#mutations = [];
        this.#marks = [];
        return null;
      case "commit":
        return {
          xid: this.#xid,
          end: message.end,
          at: message.at,
          rows: this.#rows,
          mutations: this.#mutations,
          marks: this.#marks,
        };
      case "relation":
        this.#describe(message.oid, message.columns);
        return null;
      case "change":
        this.#change(message);
        return null;
      case "message":
        if (message.prefix === messagePrefix) this.#note(JSON.parse(message.content) as WalNote);
        return null;
      case "truncate":
      case "other":
        // Truncated rows come as messages of a trigger.
        return null;
    }
  }

  #decode(bytes: Buffer): PgoutputMessage {
    // One value may be longer than any text can be.
    if (bytes.length > this.#bounds.bytes) throw this.#tooLarge();
    try {
      return decodePgoutput(bytes);
    } catch (cause) {
      throw new StreamBroken("A message of the stream cannot be read.", { cause });
    }
  }

  #describe(oid: number, columns: readonly RelationColumn[]): void {
    const layout = this.#tables.findIndex((table) => table.oid === oid);
    const table = this.#tables[layout];
    if (table === undefined) return;
    const places = table.columns.map(({ name }) => columns.findIndex((column) => column.name === name));
    const missing = table.columns.find((_, i) => places[i] === -1);
    if (missing !== undefined)
      throw new StreamBroken(
        `The table "${table.info.name}" has lost its column "${missing.name}", which is declared.`,
      );
    const types = places.map((place) => columns[place]?.type ?? 0);
    const known = this.#types.get(oid) ?? types;
    const changed = table.columns.find((_, i) => known[i] !== types[i]);
    if (changed !== undefined)
      throw new StreamBroken(
        `The column "${changed.name}" of the table "${table.info.name}" has become one of another type.`,
      );
    this.#types.set(oid, types);
    this.#relations.set(oid, { layout, places });
  }

  #change({ oid, op, before, after }: Message<"change">): void {
    const relation = this.#relations.get(oid);
    if (relation === undefined) return;
    if (op !== "i" && before === null) {
      const name = this.#tables[relation.layout]?.info.name;
      throw new StreamBroken(
        `A change of the table "${name}" came without the old row: its REPLICA IDENTITY must be FULL.`,
      );
    }
    const image = (tuple: readonly TupleValue[] | null): string | null =>
      tuple === null
        ? null
        : JSON.stringify(relation.places.map((at) => (tuple[at] === undefined ? before?.[at] : tuple[at])));
    this.#add(relation.layout, op, image(before), image(after));
  }

  #note(note: WalNote): void {
    if (note[0] === "mutation") this.#mutations.push(note[1]);
    if (note[0] === "mark") this.#marks.push(note[1]);
    if (note[0] !== "truncated") return;
    const [, oid, names, row] = note;
    const layout = this.#tables.findIndex((table) => table.oid === oid);
    const columns = this.#tables[layout]?.columns.map(({ name }) => row[names.indexOf(name)] ?? null);
    if (columns !== undefined) this.#add(layout, "d", JSON.stringify(columns), null);
  }

  #add(layout: number, op: string, before: string | null, after: string | null): void {
    if (op === "u" && before === after) return;
    this.#text += (before?.length ?? 0) + (after?.length ?? 0);
    if (this.#rows.length >= this.#bounds.rows || this.#text > this.#bounds.bytes) throw this.#tooLarge();
    this.#rows.push({ seq: this.#rows.length, layout, op, before, after, at: 0 });
  }

  #tooLarge(): StreamBroken {
    // What is here is of no use any more.
    this.#rows = [];
    const { rows, bytes } = this.#bounds;
    return new StreamBroken(
      `A transaction has more than ${rows} rows, or than ${bytes} characters in them: the most that memory takes.`,
    );
  }
}
