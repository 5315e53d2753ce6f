import { LivesetError } from "../../core/error/liveset-error.ts";

/** Throws, showing both, where two values are not the same in JSON. Order of members counts, of objects' names does not. */
export function same(actual: unknown, expected: unknown, what = "value"): void {
  const [is, should] = [JSON.stringify(sorted(actual)), JSON.stringify(sorted(expected))];
  if (is !== should) throw new Error(`Wrong ${what}.\n  is:        ${is}\n  should be: ${should}`);
}

/** Waits until the check passes; after five seconds fails as the check does. */
export async function eventually(check: () => void): Promise<void> {
  const start = Date.now();
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() - start > 5_000) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What the work throws; fails where it does not. */
export async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("It should have failed and did not.");
}

/** The code and the faults of a LivesetError, with each fault's path and code. */
export function faultsOf(error: unknown): { code: string; errors: unknown[] } {
  if (!(error instanceof LivesetError)) throw new Error(`Not a LivesetError: ${error}`);
  return { code: error.code, errors: (error.errors ?? []).map(({ path, code }) => ({ path, code })) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
