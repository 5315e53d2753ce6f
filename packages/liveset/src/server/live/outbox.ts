import type { Socket } from "../socket.ts";

/**
 * The only way to a client: everything sent goes through here, in order. What waits in the socket's buffer is bounded
 * (P8): beyond the bound `overflow` is called, once, and nothing is sent any more.
 */
export class Outbox {
  readonly #socket: Socket;
  readonly #bound: number;
  readonly #overflow: () => void;
  #open = true;

  constructor(socket: Socket, bound: number, overflow: () => void) {
    this.#socket = socket;
    this.#bound = bound;
    this.#overflow = overflow;
  }

  send(text: string): void {
    if (!this.#open) return;
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

  /** Sends nothing from now on. */
  shut(): void {
    this.#open = false;
  }
}
