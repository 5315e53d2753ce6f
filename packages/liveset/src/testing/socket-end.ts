import type { Line } from "./line.ts";

/** What listeners of a socket are given; each kind of event sets its own part. */
export interface SocketEvent {
  readonly type: string;
  readonly data: unknown;
  readonly code: number;
  readonly reason: string;
}

type Listener = (event: SocketEvent) => void;

/** One end of a pair: the part of the standard WebSocket that liveset uses on either side. */
export class SocketEnd {
  readonly protocol: string;
  /** The end that it talks to; set once, by the pair. */
  peer: SocketEnd | null = null;
  onopen: Listener | null = null;
  onmessage: Listener | null = null;
  onclose: Listener | null = null;
  onerror: Listener | null = null;
  readonly #out: Line;
  readonly #listeners = new Map<string, Set<Listener>>();
  #state: 0 | 1 | 2 | 3;

  constructor(protocol: string, out: Line, state: 0 | 1) {
    this.protocol = protocol;
    this.#out = out;
    this.#state = state;
  }

  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#state;
  }

  /** Bytes sent and not yet delivered. */
  get bufferedAmount(): number {
    return this.#out.bytes;
  }

  /** Resolves when everything sent was delivered, or lost. */
  drained(): Promise<void> {
    return this.#out.drained();
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(type, listeners);
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Throws while connecting; says nothing when closed, as the standard has it. */
  send(data: string): void {
    if (this.#state === 0) throw new Error("The socket is still connecting.");
    if (this.#state !== 1) return;
    const bytes = new TextEncoder().encode(data).byteLength;
    this.#out.push(bytes, () => this.peer?.delivered(data));
  }

  /** Closes both ends, the other one after everything sent before has arrived. */
  close(code = 1000, reason = ""): void {
    if (this.#state >= 2) return;
    this.#state = 2;
    this.#out.push(0, () => {
      this.peer?.closed(code, reason);
      this.closed(code, reason);
    });
  }

  /** For the pair: the connection is there. */
  opened(): void {
    if (this.#state !== 0) return;
    this.#state = 1;
    this.#emit("open", {});
  }

  /** For the other end: a frame has arrived. */
  delivered(data: string): void {
    if (this.#state === 1) this.#emit("message", { data });
  }

  /** For the pair: the connection is over. */
  closed(code: number, reason: string): void {
    if (this.#state === 3) return;
    this.#state = 3;
    this.#emit("close", { code, reason });
  }

  #emit(type: "open" | "message" | "close", parts: Partial<SocketEvent>): void {
    const event: SocketEvent = { type, data: undefined, code: 0, reason: "", ...parts };
    this[`on${type}`]?.(event);
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
  }
}
