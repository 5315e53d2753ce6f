import type { Column } from "./column-kind.ts";

/** A column of a related table that a URL may name. */
export interface RelatedField {
  /** The relations that lead to it, outermost first. */
  readonly path: readonly { readonly name: string; readonly kind: "one" | "many" }[];
  readonly column: Column;
}

/** Columns of related tables by their name in a URL: relations and column joined by `__`. */
export type RelatedFields = ReadonlyMap<string, RelatedField>;
