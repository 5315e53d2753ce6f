/** A column as a relation message describes it. */
export interface RelationColumn {
  readonly name: string;
  /** The object id of its type. */
  readonly type: number;
}

/** A value of a tuple: its text, null, or `undefined` where it is stored elsewhere and unchanged, so that it was not sent. */
export type TupleValue = string | null | undefined;

/** A message of PostgreSQL's plugin `pgoutput`, protocol version 1. Positions are bytes of WAL. */
export type PgoutputMessage =
  | { readonly kind: "begin"; readonly xid: number }
  | { readonly kind: "commit"; readonly end: number; readonly at: number }
  | { readonly kind: "relation"; readonly oid: number; readonly columns: readonly RelationColumn[] }
  | {
      readonly kind: "change";
      readonly oid: number;
      readonly op: "i" | "u" | "d";
      /** Null for an insert, and where the table's replica identity is not FULL. */
      readonly before: readonly TupleValue[] | null;
      readonly after: readonly TupleValue[] | null;
    }
  | { readonly kind: "truncate"; readonly oids: readonly number[] }
  | { readonly kind: "message"; readonly prefix: string; readonly content: string }
  | { readonly kind: "other" };

/** PostgreSQL counts microseconds since 2000-01-01. */
const epoch2000 = 946_684_800_000;

/**
 * Reads one message: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 *
 * `pg-logical-replication` has a decoder too; it reads values by the parsers of node-postgres, where Drizzle takes some as text.
 *
 * @throws RangeError for bytes that end too early, and Error for a tuple that has another form.
 */
export function decodePgoutput(bytes: Buffer): PgoutputMessage {
  const reader = new Reader(bytes);
  switch (reader.letter()) {
    case "B":
      reader.skip(16);
      return { kind: "begin", xid: reader.uint32() };
    case "C":
      reader.skip(9);
      return { kind: "commit", end: reader.uint64(), at: reader.time() };
    case "R":
      return relation(reader);
    case "I":
      return { kind: "change", oid: reader.uint32(), op: "i", before: null, after: newTuple(reader) };
    case "U":
      return update(reader);
    case "D":
      return { kind: "change", oid: reader.uint32(), op: "d", before: oldTuple(reader), after: null };
    case "T": {
      const count = reader.uint32();
      reader.skip(1);
      return { kind: "truncate", oids: Array.from({ length: count }, () => reader.uint32()) };
    }
    case "M": {
      reader.skip(9);
      return { kind: "message", prefix: reader.text(), content: reader.sized() };
    }
    default:
      return { kind: "other" };
  }
}

function relation(reader: Reader): PgoutputMessage {
  const oid = reader.uint32();
  reader.text();
  reader.text();
  reader.skip(1);
  const columns = Array.from({ length: reader.uint16() }, () => {
    reader.skip(1);
    const column = { name: reader.text(), type: reader.uint32() };
    reader.skip(4);
    return column;
  });
  return { kind: "relation", oid, columns };
}

function update(reader: Reader): PgoutputMessage {
  const oid = reader.uint32();
  const letter = reader.letter();
  if (letter === "N") return { kind: "change", oid, op: "u", before: null, after: tuple(reader) };
  const old = tuple(reader);
  return { kind: "change", oid, op: "u", before: letter === "O" ? old : null, after: newTuple(reader) };
}

function newTuple(reader: Reader): readonly TupleValue[] {
  const letter = reader.letter();
  if (letter !== "N") throw new Error(`A new row begins with "N", not with "${letter}".`);
  return tuple(reader);
}

/** The whole row; null where only its key was sent. */
function oldTuple(reader: Reader): readonly TupleValue[] | null {
  const letter = reader.letter();
  const values = tuple(reader);
  return letter === "O" ? values : null;
}

function tuple(reader: Reader): readonly TupleValue[] {
  return Array.from({ length: reader.uint16() }, () => {
    const letter = reader.letter();
    if (letter === "n") return null;
    if (letter === "u") return undefined;
    if (letter !== "t") throw new Error(`A value has the form "${letter}", which is not text.`);
    return reader.sized();
  });
}

/** Reads on in bytes of the protocol: big-endian numbers, texts that end with a zero or have their length before them. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.#at += count;
  }

  letter(): string {
    return String.fromCharCode(this.#bytes.readUInt8(this.#advance(1)));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  uint64(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#advance(8)));
  }

  /** In ms since 1970. */
  time(): number {
    return Math.floor(Number(this.#bytes.readBigInt64BE(this.#advance(8))) / 1000) + epoch2000;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new RangeError("A text does not end.");
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  sized(): string {
    const length = this.uint32();
    const from = this.#advance(length);
    if (this.#at > this.#bytes.length) throw new RangeError("A value is longer than its message.");
    return this.#bytes.toString("utf8", from, this.#at);
  }

  #advance(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }
}
