import { computed, type Signal, signal } from "@angular/core";
import { Mutation } from "../binding/mutation.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";

/** A write and how it stands. */
export interface Mutate<A extends readonly unknown[], R> {
  /** Calls the function. Never rejects: a failure is shown by `error`, and the promise gives undefined. */
  mutate(...args: A): Promise<R | undefined>;
  /** Whether a call is under way. */
  readonly pending: Signal<boolean>;
  /** Of the last call that failed; null again when a new call begins. */
  readonly error: Signal<LivesetError | null>;
  /** Takes the error away. */
  reset(): void;
}

/**
 * A write for a component: any function that returns a promise, most simply a resource's method.
 *
 * @example
 * ```ts
 * import { injectClient, injectMutate } from "liveset/angular";
 *
 * export class TaskRow {
 *   readonly save = injectMutate(injectClient().resource("tasks").patch);
 *   // <input type="checkbox" [disabled]="save.pending()" (change)="save.mutate(task.id, { done: !task.done })" />
 * }
 * ```
 */
export function injectMutate<A extends readonly unknown[], R>(
  write: (...args: A) => Promise<R>,
): Mutate<A, R> {
  const mutation = new Mutation();
  const state = signal(mutation.getSnapshot());
  mutation.subscribe(() => state.set(mutation.getSnapshot()));
  return {
    mutate: (...args) => mutation.run(() => write(...args)),
    pending: computed(() => state().pending),
    error: computed(() => state().error),
    reset: () => mutation.reset(),
  };
}
