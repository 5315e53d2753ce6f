import { useCallback, useState } from "react";
import { type LivesetError, toLivesetError } from "../core/error/liveset-error.ts";

/** A write and how it stands. */
export interface Mutate<A extends readonly unknown[], R> {
  /**
   * Calls the function. Never rejects: a failure is shown by `error`, and the promise gives undefined. The same function as long as the one
   * that was given is.
   */
  mutate(...args: A): Promise<R | undefined>;
  /** Whether a call is under way. */
  readonly pending: boolean;
  /** Of the last call that failed; null again when a new call begins. */
  readonly error: LivesetError | null;
  /** Takes the error away. */
  reset(): void;
}

/**
 * A write for a component: any function that returns a promise, most simply a resource's method.
 *
 * @example
 * ```tsx
 * import { useClient, useMutate } from "liveset/react";
 *
 * function Done({ id }: { id: number }) {
 *   const { mutate, pending } = useMutate(useClient().resource("tasks").patch);
 *   return <button disabled={pending} onClick={() => void mutate(id, { done: true })}>Done</button>;
 * }
 * ```
 */
export function useMutate<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): Mutate<A, R> {
  const [running, setRunning] = useState(0);
  const [error, setError] = useState<LivesetError | null>(null);
  const mutate = useCallback(
    async (...args: A): Promise<R | undefined> => {
      setRunning((count) => count + 1);
      setError(null);
      try {
        return await write(...args);
      } catch (thrown) {
        setError(toLivesetError(thrown));
        return undefined;
      } finally {
        setRunning((count) => count - 1);
      }
    },
    [write],
  );
  const reset = useCallback(() => setError(null), []);
  return { mutate, pending: running > 0, error, reset };
}
