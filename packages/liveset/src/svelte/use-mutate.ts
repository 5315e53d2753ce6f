import { Mutation, type MutationState } from "../binding/mutation.ts";
import { readableState } from "./readable-state.ts";

/** A write and how it stands, as reactive properties. */
export interface Mutate<A extends readonly unknown[], R> extends MutationState {
  /** Calls the function. Never rejects: a failure is shown by `error`, and the promise gives undefined. */
  mutate(...args: A): Promise<R | undefined>;
  /** Takes the error away. */
  reset(): void;
}

/**
 * A write for a component: any function that returns a promise, most simply a resource's method.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useClient, useMutate } from "liveset/svelte";
 *
 *   let { id }: { id: number } = $props();
 *   const write = useMutate(useClient().resource("tasks").patch);
 * </script>
 *
 * <button disabled={write.pending} onclick={() => write.mutate(id, { done: true })}>Done</button>
 * ```
 */
export function useMutate<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): Mutate<A, R> {
  const mutation = new Mutation();
  const state = readableState(mutation);
  return {
    get pending() {
      return state().pending;
    },
    get error() {
      return state().error;
    },
    mutate: (...args) => mutation.run(() => write(...args)),
    reset: () => mutation.reset(),
  };
}
