const choice = /\{([^}]*)\}/;

/**
 * The tasks that lines stand for: first the first alternative of every line, then the second ones, and so on, as a
 * list looks that grew by and by.
 *
 * @example
 * ```ts
 * expandLines(["Buy {milk|bread}", "Call Tom"]); // ["Buy milk", "Call Tom", "Buy bread"]
 * ```
 */
export function expandLines(lines: readonly string[]): readonly string[] {
  const rounds: string[][] = [];
  for (const line of lines) {
    const alternatives = choice.exec(line)?.[1]?.split("|") ?? [""];
    for (const [round, alternative] of alternatives.entries()) {
      const tasks = rounds[round] ?? [];
      tasks.push(line.replace(choice, () => alternative));
      rounds[round] = tasks;
    }
  }
  return rounds.flat();
}
