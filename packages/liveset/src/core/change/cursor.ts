declare const brand: unique symbol;

/**
 * A position in the feed, only that: all transactions up to and including one are behind it. Opaque to
 * clients, who only give it back; it names the feed's epoch, so a cursor of another database or of a
 * feed that was lost is recognised.
 */
export type Cursor = string & { readonly [brand]: "cursor" };
