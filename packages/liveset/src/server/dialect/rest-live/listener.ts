import type { SubscribeFrame } from "./frames.ts";

/** A subscription of a django-rest-live client. */
export interface Listener {
  /** The session's id of it. The client's own may be any JSON value, and may be used again at once. */
  readonly id: string;
  readonly frame: SubscribeFrame;
  /** Ends it in the session. */
  readonly end: () => void;
  /** The number of the group that it follows; null while it is being opened. */
  group: number | null;
}

/** The subscriptions of one connection, in the order in which they were asked for. */
export class Listeners {
  readonly #byId = new Map<string, Listener>();
  readonly #byClientId = new Map<string, Listener>();
  #last = 0;

  /**
   * Null where the client's id is taken.
   * @param end ends a subscription in the session, by the session's id
   */
  add(frame: SubscribeFrame, end: (id: string) => void): Listener | null {
    const clientId = JSON.stringify(frame.id);
    if (this.#byClientId.has(clientId)) return null;
    const id = String(++this.#last);
    const listener: Listener = { id, frame, end: () => end(id), group: null };
    this.#byId.set(listener.id, listener);
    this.#byClientId.set(clientId, listener);
    return listener;
  }

  get(id: string): Listener | undefined {
    return this.#byId.get(id);
  }

  /** By the id that the client gave it. */
  named(id: SubscribeFrame["id"]): Listener | undefined {
    return this.#byClientId.get(JSON.stringify(id));
  }

  of(group: number): readonly Listener[] {
    return [...this.#byId.values()].filter((listener) => listener.group === group);
  }

  /** Whether some client of positions is among them. */
  get wantPositions(): boolean {
    for (const { frame } of this.#byId.values()) if (frame.snapshot) return true;
    return false;
  }

  remove({ id, frame }: Listener): void {
    this.#byId.delete(id);
    this.#byClientId.delete(JSON.stringify(frame.id));
  }
}
