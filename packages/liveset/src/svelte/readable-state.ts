import { createSubscriber } from "svelte/reactivity";
import type { Readable } from "../store/signal.ts";

/** The value of something watched, reactive where it is read. */
export function readableState<T>(readable: Readable<T>): () => T {
  const track = createSubscriber((update) => readable.subscribe(update));
  return () => {
    track();
    return readable.getSnapshot();
  };
}
