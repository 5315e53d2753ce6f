import { Mutation, type MutationState } from "./mutation.ts";
import { withReads } from "./with-reads.ts";

/** A write and how it stands. */
export interface Mutate<A extends readonly unknown[], R> extends MutationState {
  /** Calls the function. Never rejects: a failure is shown by `error`, and the promise gives undefined. */
  mutate(...args: A): Promise<R | undefined>;
  /** Takes the error away. */
  reset(): void;
}

/**
 * A write whose state is read each time.
 *
 * @param watch makes a mutation's snapshot one that is noticed
 */
export function usedMutation<A extends readonly unknown[], R>(
  write: (...args: A) => Promise<R>,
  watch: (mutation: Mutation) => () => MutationState,
): Mutate<A, R> {
  const mutation = new Mutation();
  const calls = {
    mutate: (...args: A) => mutation.run(() => write(...args)),
    reset: () => mutation.reset(),
  };
  return withReads(calls, ["pending", "error"], watch(mutation));
}
