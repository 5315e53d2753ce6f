import { Signal } from "../store/signal.ts";
import { Turn } from "../store/turn.ts";
import type { CollectionRun, SyncParts } from "./collection-run.ts";
import { type CollectionState, isSameState, stateOf } from "./collection-state.ts";

/** The runs of the collections that are made from the same options: mostly one. */
export class CollectionRuns<Row extends object, Key extends string | number> {
  readonly state: Signal<CollectionState> = new Signal(stateOf([]), new Turn(), throwLater);
  readonly #runs = new Map<SyncParts<Row, Key>["collection"], CollectionRun<Row, Key>>();

  /** The run of a collection, while there is one. */
  of(collection: unknown): CollectionRun<Row, Key> | undefined {
    return this.#runs.get(collection as SyncParts<Row, Key>["collection"]);
  }

  begin(collection: SyncParts<Row, Key>["collection"], run: CollectionRun<Row, Key>): void {
    this.#runs.set(collection, run);
  }

  end(collection: SyncParts<Row, Key>["collection"]): void {
    this.of(collection)?.end();
    this.#runs.delete(collection);
    this.tell();
  }

  async refresh(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.refresh()));
  }

  /** Lists may stand differently. */
  tell(): void {
    const state = stateOf([...this.#runs.values()].flatMap(({ results }) => results));
    if (!isSameState(state, this.state.getSnapshot())) this.state.set(state);
  }
}

/** Nobody asked to be told what a listener throws, so it goes where uncaught errors go. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
