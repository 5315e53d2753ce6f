import { type ShallowRef, shallowRef } from "vue";
import { messageOf } from "./message-of.ts";

/** What is being done to something, or why it failed. */
export interface Deed<Intent> {
  readonly intent: Intent;
  /** Null while it is under way. */
  readonly error: string | null;
}

/** Writes under way and failed ones, by what they concern. */
export interface Pending<Key, Intent> {
  readonly deeds: Readonly<ShallowRef<ReadonlyMap<Key, Deed<Intent>>>>;
  /** Does it, and shows it as pending until it has been done. Resolves to whether it was. */
  run(key: Key, intent: Intent, work: () => Promise<unknown>): Promise<boolean>;
  dismiss(key: Key): void;
}

/**
 * Keeps what a person has asked for and the server has not confirmed yet. A write that waits for a connection stays here
 * as long, so that the page can say so.
 */
export function usePending<Key, Intent>(): Pending<Key, Intent> {
  const deeds = shallowRef<ReadonlyMap<Key, Deed<Intent>>>(new Map());
  const set = (key: Key, deed: Deed<Intent> | null) => {
    const next = new Map(deeds.value);
    if (deed === null) next.delete(key);
    else next.set(key, deed);
    deeds.value = next;
  };
  return {
    deeds,
    async run(key, intent, work) {
      const deed = { intent, error: null };
      set(key, deed);
      try {
        await work();
        if (deeds.value.get(key) === deed) set(key, null);
        return true;
      } catch (thrown) {
        if (deeds.value.get(key) === deed) set(key, { intent, error: messageOf(thrown) });
        return false;
      }
    },
    dismiss: (key) => set(key, null),
  };
}
