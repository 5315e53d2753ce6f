/** A name in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  const inner = text.replaceAll("'", "''");
  return inner.includes("\\") ? `E'${inner.replaceAll("\\", "\\\\")}'` : `'${inner}'`;
}
