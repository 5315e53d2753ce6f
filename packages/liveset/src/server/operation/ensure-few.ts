import { LivesetError } from "../../core/error/liveset-error.ts";

/** Throws `too_many_rows` where a list has more rows than may be held at once. */
export function ensureFew(rows: number, most: number): void {
  if (rows <= most) return;
  throw new LivesetError("too_many_rows", {
    detail: `The list has more than ${most} rows. Narrow the filter.`,
  });
}
