import type { Column, ColumnKind, Columns } from "./column-kind.ts";

/** Columns from pairs of name and kind; a kind with `?` is nullable. */
export function columnsFrom(kinds: Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>): Columns {
  return new Map(
    Object.entries(kinds).map(([name, declared]): [string, Column] => {
      const nullable = declared.endsWith("?");
      return [name, { name, kind: declared.replace("?", "") as ColumnKind, nullable }];
    }),
  );
}
