import type { WireRow } from "../core/json.ts";
import type { KeyText } from "../core/key/key.ts";
import type { Query } from "../core/protocol/query.ts";
import type { ListState } from "./client-store.ts";
import { judgeWhere, type Verdict } from "./judge-where.ts";
import type { List } from "./list.ts";
import { foldRow, type Overlay, type PendingOperation } from "./overlay.ts";
import { type Arrival, placeRows } from "./place-rows.ts";
import type { Target } from "./target.ts";

type Rows = readonly WireRow[];

/** The rows that all lists have which show the same fields. */
export interface Neighbours {
  /** A row as it is shown. */
  get(key: KeyText): WireRow | undefined;
  /** A row without pending writes. */
  confirmed(key: KeyText): WireRow | undefined;
  /** Another number whenever a row has changed to which a write is pending. */
  version(): number;
}

/**
 * A live list as its owner sees it: the server's rows with the pending writes on them. A row that a write takes out of the
 * list's condition leaves at once, one that it brings into it enters; where only the server can tell, it stays where it is.
 */
export class ShownList {
  readonly #target: Target;
  readonly #overlay: Overlay;
  readonly #rows: Neighbours;
  #seen: readonly unknown[] | null = null;
  #shown: Rows = [];

  constructor(target: Target, overlay: Overlay, rows: Neighbours) {
    this.#target = target;
    this.#overlay = overlay;
    this.#rows = rows;
  }

  /** The rows to be shown; the same array as long as nothing in it changes. */
  show(list: List, { hasMore, isBehind }: ListState): Rows {
    const { rows } = list;
    const pending = this.#overlay.of(this.#target.resource);
    const { size } = pending;
    if (size === 0 || this.#target.action === "count") {
      this.#seen = null;
      return rows;
    }
    const seen = this.#seen;
    const now = [rows, pending, this.#rows.version(), hasMore, isBehind];
    if (seen?.every((value, i) => value === now[i])) return this.#shown;
    const next = this.#put(list, isBehind ? pending : unanswered(pending), hasMore);
    const same =
      seen !== null && next.length === this.#shown.length && next.every((row, i) => row === this.#shown[i]);
    this.#seen = now;
    if (!same) this.#shown = next;
    return this.#shown;
  }

  #put(list: List, pending: ReturnType<Overlay["of"]>, hasMore: boolean): Rows {
    const removed = new Set<WireRow>();
    const added: Arrival[] = [];
    const before = new Map(this.#shown.map((row) => [list.keyOf(row), row]));
    for (const [key, operations] of pending) {
      const held = list.get(key);
      const known = held ?? this.#rows.confirmed(key);
      const folded = this.#pick(foldRow(known, operations), known);
      const belongs = folded !== undefined && this.#belongs(key, folded, held, operations);
      if (belongs && folded === held) continue;
      if (held !== undefined) removed.add(held);
      if (!belongs || folded === undefined) continue;
      const row = keep(this.#rows.get(key), keep(before.get(key), folded));
      added.push({ row, isNew: known === undefined, isTemporary: operations.some((one) => one.isTemporary) });
    }
    if (removed.size === 0 && added.length === 0) return list.rows;
    const { limit } = this.#target.query ?? {};
    const placed = placeRows(list, removed, added, hasMore);
    return Object.freeze(limit === undefined ? placed : placed.slice(0, Math.max(limit, list.rows.length)));
  }

  #belongs(
    key: KeyText,
    row: WireRow,
    held: WireRow | undefined,
    operations: readonly PendingOperation[],
  ): boolean {
    const { action, key: own, query = {}, params } = this.#target;
    if (action === "retrieve") return held !== undefined || String(own) === key;
    const sameParams = operations.some(
      (operation) => JSON.stringify(operation.params ?? {}) === JSON.stringify(params ?? {}),
    );
    const verdict = this.#judge(query, row);
    if (held !== undefined) return verdict === true || verdict === undefined;
    return verdict === true && query.search === undefined && sameParams;
  }

  #judge(query: Query, row: WireRow): Verdict {
    return query.where === undefined ? true : judgeWhere(query.where, row);
  }

  /** A list that shows some fields shows no others of a pending write. */
  #pick(folded: WireRow | undefined, known: WireRow | undefined): WireRow | undefined {
    const { fields } = this.#target.query ?? {};
    if (folded === undefined || folded === known || fields === undefined) return folded;
    const names = known === undefined ? fields : Object.keys(known);
    return Object.fromEntries(Object.entries(folded).filter(([name]) => names.includes(name)));
  }
}

function unanswered(pending: ReturnType<Overlay["of"]>): ReturnType<Overlay["of"]> {
  const left = [...pending].map(([key, own]) => [key, own.filter(({ isAnswered }) => !isAnswered)] as const);
  return new Map(left.filter(([, own]) => own.length > 0));
}

function keep(old: WireRow | undefined, row: WireRow): WireRow {
  const same =
    old !== undefined &&
    Object.keys(old).length === Object.keys(row).length &&
    Object.keys(row).every((name) => Object.is(old[name], row[name]));
  return same ? old : Object.freeze(row);
}
