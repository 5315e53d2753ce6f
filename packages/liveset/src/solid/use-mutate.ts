import { type Mutate, usedMutation } from "../binding/used-mutation.ts";
import { useReadable } from "./use-readable.ts";

/**
 * A write for a component: any function that returns a promise, most simply a resource's method.
 *
 * @example
 * ```tsx
 * import { useClient, useMutate } from "liveset/solid";
 *
 * function Done(props: { id: number }) {
 *   const write = useMutate(useClient().resource("tasks").patch);
 *   return <button disabled={write.pending} onClick={() => void write.mutate(props.id, { done: true })}>Done</button>;
 * }
 * ```
 */
export function useMutate<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): Mutate<A, R> {
  return usedMutation(write, useReadable);
}
