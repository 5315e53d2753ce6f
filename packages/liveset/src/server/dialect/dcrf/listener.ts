import type { Json } from "../../../core/json.ts";
import type { LeftOff } from "./departed.ts";
import type { Stream } from "./stream.ts";

/** A subscription of a client. */
export interface Listener {
  /** The session's id of it. */
  readonly id: string;
  readonly stream: Stream;
  /** The action that it was begun by. */
  readonly action: string;
  readonly requestId: Json;
  /** Of one row, its key as the client wrote it; null for a list. */
  readonly pk: string | number | null;
  /** What tells it from the others of its connection. */
  readonly name: string;
  /** What it is known by after its connection has ended; null where its request_id could be anybody's. */
  readonly lasting: string | null;
  /** Where an earlier connection of the same subscription left off. */
  readonly leftOff: LeftOff | null;
  /** The group that it follows and its plan; null while it is being opened. */
  following: { readonly group: number; readonly plan: string } | null;
}

/** The subscriptions of one connection, in the order in which they were asked for. */
export class Listeners {
  readonly #byId = new Map<string, Listener>();
  readonly #byName = new Map<string, Listener>();

  add(listener: Listener): void {
    this.#byId.set(listener.id, listener);
    this.#byName.set(listener.name, listener);
  }

  get(id: string): Listener | undefined {
    return this.#byId.get(id);
  }

  named(name: string): Listener | undefined {
    return this.#byName.get(name);
  }

  /** Those that an action ends: of this stream and request_id, begun by `action`; of one row only where `pk` is given. */
  endedBy(stream: Stream, action: string, requestId: Json, pk: string | number | null): readonly Listener[] {
    const id = JSON.stringify(requestId);
    return [...this.#byId.values()].filter(
      (listener) =>
        listener.stream === stream &&
        listener.action === action &&
        JSON.stringify(listener.requestId) === id &&
        (pk === null || String(listener.pk) === String(pk)),
    );
  }

  of(group: number): readonly Listener[] {
    return [...this.#byId.values()].filter(({ following }) => following?.group === group);
  }

  remove({ id, name }: Listener): void {
    this.#byId.delete(id);
    this.#byName.delete(name);
  }

  values(): Iterable<Listener> {
    return this.#byId.values();
  }
}
