/** Columns whose values together are unique, in the database's names. */
export interface UniqueColumns {
  readonly columns: readonly { readonly name: string; readonly collation: string }[];
  /** Of some rows only: then columns that are not listed decide too. */
  readonly partial: boolean;
}

/** A table as capture sees it: names of the database only. */
export interface CaptureTable {
  readonly name: string;
  /** Number of its layout, kept in each row of the log. */
  readonly layout: number;
  /** The declared columns, in the order of their values in the log. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Where REPLACE may find rows that stand in the way. */
  readonly unique: readonly UniqueColumns[];
  /** Columns that the database computes: they change with others. */
  readonly generated: ReadonlySet<string>;
}
