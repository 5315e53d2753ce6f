/*
 * On the wire a bigint, a decimal and a moment are text, which TanStack DB compares as text and the server as what it is. What the
 * kind of a column is, nobody knows here: so a value is judged by how it looks.
 */

/** Whether a column, whatever its kind, cannot hold an equal value that is another text. */
export function hasOneSpelling(text: string): boolean {
  return !/^[\s\d.+-]/.test(text) && !/^[\da-f]{8}-[\da-f-]{27}$/i.test(text);
}

/** Whether text is before and behind this one just where the server has it so. */
export function isOrderedAsText(text: string): boolean {
  // Above, JavaScript compares by halves of characters.
  if (/[\uD800-\uFFFF]/.test(text)) return false;
  return hasOneSpelling(text) || isWireMoment(text);
}

function isWireMoment(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
