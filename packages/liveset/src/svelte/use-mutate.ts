import { type Mutate, usedMutation } from "../binding/used-mutation.ts";
import { readableState } from "./readable-state.ts";

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
  return usedMutation(write, readableState);
}
