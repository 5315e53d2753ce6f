import type { LogRow } from "./log-row.ts";

/** What happened to one row in one transaction, net. The images are the log's texts. */
export interface NetChange {
  readonly layout: number;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The net changes of a transaction, in the order in which the rows first appeared: the first `before` and the last `after` of each
 * row. A row that ends as it began has none; a row whose key changed has two. Changes of one row are joined where one ends as the
 * other begins, whichever was logged first.
 *
 * @param keyOf A text for the key of an image, unique in its layout; null where the layout is not known: its rows are left out.
 */
export function netChanges(
  rows: readonly LogRow[],
  keyOf: (layout: number, image: string) => string | null,
): NetChange[] {
  const net = new Map<string, { layout: number; before: string | null; after: string | null }>();
  const note = (layout: number, key: string, before: string | null, after: string | null): void => {
    const id = `${layout} ${key}`;
    const known = net.get(id);
    if (known === undefined) net.set(id, { layout, before, after });
    // A trigger that changes its own row, or a cascade to it, is logged before the change that caused it.
    else if (after !== null && known.after !== before && known.before === after) known.before = before;
    else known.after = after;
  };
  for (const { layout, before, after } of rows) {
    const from = before === null ? null : keyOf(layout, before);
    const to = after === null ? null : keyOf(layout, after);
    if (from !== null && from === to) note(layout, from, before, after);
    else {
      if (from !== null) note(layout, from, before, null);
      if (to !== null) note(layout, to, null, after);
    }
  }
  return [...net.values()].filter(({ before, after }) => before !== after);
}
