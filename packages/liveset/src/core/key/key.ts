import type { Json } from "../json.ts";

/** The key of a row as users write it: the value of a one-column key, or the values of a composite key in the table's order. */
export type Key = string | number | readonly (string | number)[];

declare const brand: unique symbol;

/**
 * A key as text, unique within its resource, for maps and for URLs: a one-column key as itself, a composite
 * key joined by commas, in which `,` and `\` of a part are escaped by `\`.
 */
export type KeyText = string & { readonly [brand]: "key" };

/** The text of a key. */
export function keyText(key: Key): KeyText {
  return (
    typeof key === "object" ? key.map((part) => escapePart(String(part))).join(",") : String(key)
  ) as KeyText;
}

/** The text of the key of a row, given the names of the key's columns. */
export function keyTextOf(row: Readonly<Record<string, Json>>, columns: readonly string[]): KeyText {
  const [first] = columns;
  if (columns.length === 1 && first !== undefined) return String(row[first]) as KeyText;
  return columns.map((name) => escapePart(String(row[name]))).join(",") as KeyText;
}

/** The parts of a composite key's text. */
export function keyParts(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "\\" && i + 1 < text.length) part += text[++i];
    else if (char === ",") {
      parts.push(part);
      part = "";
    } else part += char;
  }
  parts.push(part);
  return parts;
}

function escapePart(part: string): string {
  return part.replace(/[\\,]/g, "\\$&");
}
