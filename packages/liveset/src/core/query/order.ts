/** One column of an order. NULL comes first when ascending and last when descending, as in SQLite. */
export interface OrderTerm {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

/** A total order: the columns asked for, then the key's columns as the last tie-break. */
export type Order = readonly OrderTerm[];
