import { type ShallowRef, shallowRef } from "vue";
import { Mutation } from "../binding/mutation.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";

/** A write and how it stands. */
export interface Mutate<A extends readonly unknown[], R> {
  /** Calls the function. Never rejects: a failure is shown by `error`, and the promise gives undefined. */
  mutate(...args: A): Promise<R | undefined>;
  /** Whether a call is under way. */
  readonly pending: Readonly<ShallowRef<boolean>>;
  /** Of the last call that failed; null again when a new call begins. */
  readonly error: Readonly<ShallowRef<LivesetError | null>>;
  /** Takes the error away. */
  reset(): void;
}

/**
 * A write for a component: any function that returns a promise, most simply a resource's method.
 *
 * @example
 * ```ts
 * import { useClient, useMutate } from "liveset/vue";
 *
 * const { mutate, pending, error, reset } = useMutate(useClient().resource("tasks").patch);
 * // <input type="checkbox" :disabled="pending" @change="mutate(task.id, { done: !task.done })">
 * ```
 */
export function useMutate<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): Mutate<A, R> {
  const mutation = new Mutation();
  const pending = shallowRef(false);
  const error = shallowRef<LivesetError | null>(null);
  mutation.subscribe(() => {
    const state = mutation.getSnapshot();
    pending.value = state.pending;
    error.value = state.error;
  });
  return {
    mutate: (...args) => mutation.run(() => write(...args)),
    pending,
    error,
    reset: () => mutation.reset(),
  };
}
