import type { Column, Columns } from "./column-kind.ts";
import type { Lookup } from "./lookup.ts";
import type { OpaquePredicate, Operand, Relation } from "./predicate.ts";

type Path = readonly (string | number)[];

/** What a `where` may contain. */
export interface WhereRules {
  readonly columns: Columns;
  /** The lookups allowed on a column; null where it is not declared, which hides whether it exists. */
  readonly allowed: (column: string) => ReadonlySet<Lookup> | null;
  /** A relation and what may be said of the rows that it leads to; null where it is not declared. None where it is left out. */
  readonly relations?: (name: string) => RelationRules | null;
  /** The names for which `relations` may give something, for the message that refuses another one. */
  readonly relationNames?: readonly string[];
  /** A value as a condition in SQL; null where it is none. Only the server's own conditions have such. */
  readonly opaque?: (name: string, value: unknown, path: Path) => OpaquePredicate | null;
  /** A value as an operand of a column; `parseOperand` where it is left out. */
  readonly operand?: (column: Column, value: unknown, path: Path) => Operand;
  /**
   * Bounds on levels of AND, OR, NOT, on comparisons, and on the values of one `in`, in the whole `where` with all relations;
   * null for the server's own conditions. Those of a relation's own rules do not count.
   */
  readonly limits: {
    readonly filterDepth: number;
    readonly filterConditions: number;
    readonly inValues: number;
  } | null;
  /**
   * What a property with the value `undefined` means: nothing (the default; JSON drops it too), or a mistake. A
   * scope refuses it: `{ ownerId: user?.id }` would otherwise show every row to a caller without id.
   */
  readonly undefinedIs?: "absent" | "refused";
}

/** A relation in a `where`. */
export interface RelationRules {
  readonly relation: Relation;
  /** `one`: the condition follows at once. `many`: it stands in `some` or `none`. */
  readonly kind: "one" | "many";
  /** What the condition may contain. */
  readonly rules: WhereRules;
}

/** How many relations may follow each other in one condition. */
export const mostRelations = 3;
