import type { Socket } from "../socket.ts";

/**
 * The only way to a client: everything sent goes through here, in order. What waits in the socket's buffer is bounded
 * (P8): beyond the bound `overflow` is called, once, and nothing is sent any more.
 */
export class Outbox {
  readonly #socket: Pick<Socket, "bufferedAmount" | "send">;
  readonly #bound: number;
  readonly #overflow: () => void;
  #open = true;
  #captured: string[] | null = null;

  constructor(socket: Pick<Socket, "bufferedAmount" | "send">, bound: number, overflow: () => void) {
    this.#socket = socket;
    this.#bound = bound;
    this.#overflow = overflow;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(text: string): void {
    if (!this.#open) return;
    if (this.#captured !== null) {
      this.#captured.push(text);
      return;
    }
    if (this.#socket.bufferedAmount > this.#bound) {
      this.#open = false;
      this.#overflow();
      return;
    }
    try {
      this.#socket.send(text);
    } catch {
      // A socket that is closing may throw; its close event follows and ends the session.
      this.#open = false;
    }
  }

  /** What is sent meanwhile: it is handed back instead. */
  capture(speak: () => void): readonly string[] {
    const captured: string[] = [];
    this.#captured = captured;
    try {
      speak();
    } finally {
      this.#captured = null;
    }
    return captured;
  }

  /** Sends nothing from now on. */
  shut(): void {
    this.#open = false;
  }
}
