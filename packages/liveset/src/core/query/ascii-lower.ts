/** A text with A to Z in lower case and everything else as it is: SQLite's `lower()`. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
