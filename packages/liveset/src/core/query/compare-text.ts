/**
 * Compares two texts by code point, which is the order of their UTF-8 bytes and so that of SQLite's BINARY. JavaScript's
 * own `<` goes by UTF-16 units and puts an emoji before U+FF01, because surrogates are below U+E000.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** A unit's place among units by the code points they begin: surrogates after all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
