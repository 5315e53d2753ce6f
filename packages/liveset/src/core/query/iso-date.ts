const form =
  /^(\d{4}|[+-]\d{6})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The canonical form of an ISO 8601 date or instant: UTC with milliseconds, as `Date.toISOString` writes it.
 * A date alone is its midnight in UTC; a time needs `Z` or an offset, because a local time is no instant; digits
 * below the millisecond are cut off. Null for anything else: days and times that do not exist among them.
 */
export function parseIsoDate(text: string): string | null {
  const match = form.exec(text);
  if (match === null || text.startsWith("-000000")) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part = "0") => Number(part));
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const ms = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = offsetMinutes(match[8]);
  if (offset === null) return null;
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const time = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
  return isoOf(new Date(time));
}

/** The canonical form of a Date; null where it is invalid. */
export function isoOf(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Compares two canonical dates. Years beyond four digits carry a sign, which does not sort as text. */
export function compareIsoDates(a: string, b: string): number {
  if (a.length === 24 && b.length === 24) return a < b ? -1 : a > b ? 1 : 0;
  return Date.parse(a) - Date.parse(b);
}

function offsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
