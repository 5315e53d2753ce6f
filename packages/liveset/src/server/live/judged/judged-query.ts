import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import { type Dependency, dependenciesOf } from "../../../core/query/dependencies-of.ts";
import { type Shape, shapeOf } from "../../database/shape.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import type { TableInfo } from "../../table/table-info.ts";
import type { LiveQuery } from "../live-query.ts";
import { type Address, addressOf } from "./address.ts";
import { LiveWindow, type LiveWindowStep } from "./live-window.ts";
import { type MemberChanges, Members, type MembersWatch } from "./members.ts";
import { nestedDependencies } from "./nested-dependencies.ts";
import type { QueryAsked } from "./read-queries.ts";
import type { WindowReading } from "./read-window.ts";

const nothing: MemberChanges = { enter: [], update: [], leave: [] };

/** A live query of which a change alone does not tell what it means, and the rows that it has. */
export class JudgedQuery {
  readonly query: LiveQuery;
  readonly shape: Shape;
  readonly dependencies: readonly Dependency[];
  /** Null also where more decides than the rows in question: where all rows of a window's list are counted, others are nested, or a part is in SQL. */
  readonly address: Address | null;
  /** Not null where it has not all rows of its list. */
  readonly window: LiveWindow | null;
  #members: Members | null = null;
  #watch: MembersWatch | null = null;
  /** Rows that a window knows behind those inside. */
  #ahead: readonly KeyText[] = [];

  constructor(query: LiveQuery, dialect: SqlDialect) {
    const { predicate, resource, nested } = query.bound;
    this.query = query;
    this.shape = shapeOf(predicate, resource.info);
    this.dependencies = [...dependenciesOf(predicate), ...nestedDependencies(nested)];
    const isTold =
      query.window?.total !== true &&
      nested.length === 0 &&
      this.dependencies.every(({ path }) => path !== null);
    this.address = isTold ? addressOf(predicate, resource.info, dialect) : null;
    this.window = query.window === null ? null : new LiveWindow(query, query.window, dialect);
  }

  get info(): TableInfo {
    return this.query.bound.resource.info;
  }

  /** What the database is asked for when it is read. */
  get asked(): QueryAsked {
    return { query: this.query, window: this.window?.asked ?? null };
  }

  /** Its rows as they were at the last transaction that was handed out; null before they have been read. */
  get members(): Members | null {
    return this.#members;
  }

  /**
   * Tells a watch which rows are shown, or are known to come next in a window, until the returned function is called. What
   * becomes of other rows that leave the list means nothing to it. To be called before rows are read.
   */
  watch(watch: MembersWatch): () => void {
    this.#watch = watch;
    return () => {
      this.#members?.end();
      this.#watchAhead([]);
      this.#watch = null;
    };
  }

  /** Takes the rows that the database gave, all columns. Throws what the serializer or a permission throws. */
  load(rows: readonly WireRow[]): void {
    const shown = this.shown(rows);
    this.#members?.end();
    this.#members = new Members(shown, this.#watch, this.query.traced.length > 0);
  }

  /** Takes what the database gave for a window. Throws what the serializer throws. */
  loadWindow(window: LiveWindow, reading: WindowReading): void {
    const state = window.stateOf(reading);
    this.load(window.insideOf(state));
    window.become(state);
    this.#watchAhead(window.aheadOf(state));
  }

  /** Puts a window that was read anew in the place of the one before. Throws what the serializer throws. */
  refill(members: Members, window: LiveWindow, reading: WindowReading): MemberChanges {
    const state = window.stateOf(reading);
    const inside = this.shown(window.insideOf(state));
    // First: what was ahead and is inside now is watched among the members.
    this.#watchAhead([]);
    const changes = members.become([...members.keys()], inside);
    this.#watchAhead(window.aheadOf(state));
    return { ...changes, ...window.become(state) };
  }

  /** Takes a transaction into a window that memory follows. Throws what the serializer throws. */
  advance({ state, enter, update, leave }: LiveWindowStep): MemberChanges {
    const changes = this.#members?.become(leave, this.shown([...enter, ...update]));
    return { ...(changes ?? nothing), ...this.window?.become(state) };
  }

  /** Rows as subscribers see them, without those that a permission withholds. Throws as `load` does. */
  shown(rows: readonly WireRow[]): Map<KeyText, WireRow> {
    const { may, bound } = this.query;
    // A window was read with its permission, to be full.
    const permitted = may === null || this.window !== null ? rows : rows.filter(may);
    return new Map(
      permitted.map((row) => [keyTextOf(row, this.info.key), Object.freeze(bound.projection.serialize(row))]),
    );
  }

  #watchAhead(rows: readonly WireRow[]): void {
    for (const key of this.#ahead) this.#watch?.hidden(key);
    this.#ahead = this.#watch === null ? [] : rows.map((row) => keyTextOf(row, this.info.key));
    for (const key of this.#ahead) this.#watch?.shown(key);
  }
}
