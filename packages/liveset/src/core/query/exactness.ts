import type { ColumnKind } from "./column-kind.ts";
import type { Lookup } from "./lookup.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";

/**
 * Whether a lookup on a column of this kind, evaluated in memory, selects exactly the rows that the database
 * selects. Where it does not, only the database may decide.
 *
 * SQLite: all that a kind allows, because text is compared by BINARY whatever the column declares. PostgreSQL: an
 * instant has microseconds there and milliseconds on the wire, and a `real` may have four bytes, so both
 * are exact for NULL alone.
 */
export function isExact(lookup: Lookup, kind: ColumnKind, dialect: "sqlite" | "postgres"): boolean {
  if (!lookupsOfKind(kind).has(lookup)) return false;
  if (dialect === "sqlite" || lookup === "isnull") return true;
  return kind !== "date" && kind !== "real";
}
