import type { Transaction } from "../../../core/change/transaction.ts";
import type { WireRow } from "../../../core/json.ts";
import { isTable, keyOf, type Rows, type TableName, type Tables, tableNames } from "./tables.fixture.ts";

/** All tables at every cursor: what was read at the beginning, and each transaction after it put onto the one before. */
export class Timeline {
  readonly #states: Tables[];
  readonly #places = new Map<string, number>();

  constructor(cursor: string, tables: Tables) {
    this.#states = [tables];
    this.#places.set(cursor, 0);
  }

  /** The place of the last state; the first is 0. */
  get last(): number {
    return this.#states.length - 1;
  }

  take({ cursor, changes }: Transaction): void {
    const tables: Record<TableName, Rows> = { ...this.at(this.last) };
    const copied = new Map<TableName, Map<string, WireRow>>();
    for (const { table, before, after } of changes) {
      if (!isTable(table)) continue;
      const rows = copied.get(table) ?? new Map(tables[table]);
      copied.set(table, rows);
      tables[table] = rows;
      if (before !== null) rows.delete(keyOf(table, before));
      if (after !== null) rows.set(keyOf(table, after), after);
    }
    this.append(cursor, tables);
  }

  /** Goes on from what was read: of what came before nothing is known. */
  append(cursor: string, tables: Tables): void {
    this.#states.push(tables);
    this.#places.set(cursor, this.last);
  }

  at(place: number): Tables {
    const tables = this.#states[place];
    if (tables === undefined) throw new RangeError(`There is no state ${place}.`);
    return tables;
  }

  /** The place of a cursor; undefined for one that never was. */
  placeOf(cursor: string): number | undefined {
    return this.#places.get(cursor);
  }

  /** Says where the last state differs from the tables as a plain SELECT finds them. */
  differences(tables: Tables): readonly string[] {
    const known = this.at(this.last);
    return tableNames.flatMap((name) =>
      areEqual(known[name], tables[name])
        ? []
        : [`${name}: the feed tells of ${textOf(known[name])}, but there is ${textOf(tables[name])}`],
    );
  }
}

function areEqual(a: Rows, b: Rows): boolean {
  return a.size === b.size && [...a].every(([key, row]) => isEqual(row, b.get(key)));
}

function isEqual(a: WireRow, b: WireRow | undefined): boolean {
  if (b === undefined) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function textOf(rows: Rows): string {
  return JSON.stringify([...rows]);
}
