/** Where a key moves to in a list of rows; null where it does not move. */
export function keyToMove(
  key: string,
  from: number,
  { total, page }: { readonly total: number; readonly page: number },
): number | null {
  if (key === "ArrowDown") return from + 1;
  if (key === "ArrowUp") return from - 1;
  if (key === "PageDown") return from + page;
  if (key === "PageUp") return from - page;
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  return null;
}
