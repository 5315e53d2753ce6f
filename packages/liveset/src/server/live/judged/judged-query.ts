import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import { type Dependency, dependenciesOf } from "../../../core/query/dependencies-of.ts";
import type { TableInfo } from "../../table/table-info.ts";
import type { LiveQuery } from "../live-query.ts";
import { Members } from "./members.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** A live query of which only the database can tell what a change means, and the rows that it has. */
export class JudgedQuery {
  readonly query: LiveQuery;
  readonly shape: Shape;
  readonly dependencies: readonly Dependency[];
  #members: Members | null = null;

  constructor(query: LiveQuery) {
    const { predicate, resource } = query.bound;
    this.query = query;
    this.shape = shapeOf(predicate, resource.info);
    this.dependencies = dependenciesOf(predicate);
  }

  get info(): TableInfo {
    return this.query.bound.resource.info;
  }

  /** Its rows as they were at the last transaction that was handed out; null before they have been read. */
  get members(): Members | null {
    return this.#members;
  }

  /** Takes the rows that the database gave, all columns. Throws what the serializer or a permission throws. */
  load(rows: readonly WireRow[]): void {
    this.#members = new Members(this.shown(rows));
  }

  /** Rows as subscribers see them, without those that a permission withholds. Throws as `load` does. */
  shown(rows: readonly WireRow[]): Map<KeyText, WireRow> {
    const { may, bound } = this.query;
    const permitted = may === null ? rows : rows.filter(may);
    return new Map(
      permitted.map((row) => [keyTextOf(row, this.info.key), Object.freeze(bound.resource.serialize(row))]),
    );
  }
}
