/** A place in the tree: a branch, or one of its children. */
export interface Place {
  readonly branch: number;
  /** -1: the branch itself. */
  readonly child: number;
}

/** How many rows are shown of branches that show so many children each. */
export function rowCount(shown: readonly number[]): number {
  return shown.reduce((sum, count) => sum + 1 + count, 0);
}

/** The place in a row, null where there is no such row. */
export function placeAt(shown: readonly number[], row: number): Place | null {
  let first = 0;
  for (const [branch, count] of shown.entries()) {
    if (row < first) return null;
    if (row <= first + count) return { branch, child: row - first - 1 };
    first += 1 + count;
  }
  return null;
}

/** The row in which a place is shown. */
export function rowAt(shown: readonly number[], { branch, child }: Place): number {
  return rowCount(shown.slice(0, branch)) + 1 + child;
}
