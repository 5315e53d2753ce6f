/** How often what histories are for has happened. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: CountName, by = 1): void {
    this.#counts.set(name, this.of(name) + by);
  }

  of(name: CountName): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Says which kinds of events happened less often than a floor, so many times, demands. */
  below(floors: Partial<Readonly<Record<CountName, number>>>, times: number): readonly string[] {
    return Object.entries(floors).flatMap(([name, floor]) => {
      const count = this.of(name as CountName);
      const least = Math.floor(floor * times);
      return count >= least ? [] : [`${name}: ${count} times, at least ${least} expected`];
    });
  }

  /** All of them. */
  toString(): string {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name}: ${count}`)
      .join("\n");
  }
}

export type CountName =
  | "histories"
  | "frames"
  | "markers checked"
  | "lists judged"
  | "rows judged"
  | "enters"
  | "updates"
  | "leaves"
  | "leaves of rows that are still there"
  | "updates of nested rows"
  | "facts of windows and counts"
  | "windows refilled"
  | "windows grown"
  | "transactions netted"
  | "resumed"
  | "resumed with changes"
  | "sent anew after a reconnect"
  | "resets: auth"
  | "resets: scope"
  | "resets: slow_reader"
  | "resets: backlog"
  | "cuts"
  | "restarts"
  | "prunings"
  | "closes: 4401"
  | "closes: 4408"
  | "principals changed"
  | "errors of lists that are broken"
  | "writes refused"
  | "writes rolled back"
  | "mutations answered"
  | "mutations repeated over another line"
  | "kept answers"
  | "rest";
