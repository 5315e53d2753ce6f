import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Readable } from "../store/signal.ts";

/** A watched value as a signal, until the owner is disposed of. */
export function useReadable<T extends object>(readable: Readable<T>): Accessor<T> {
  const [value, set] = createSignal(readable.getSnapshot());
  onCleanup(readable.subscribe(() => set(() => readable.getSnapshot())));
  return value;
}
