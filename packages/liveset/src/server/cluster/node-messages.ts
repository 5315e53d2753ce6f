import type { Clock } from "../../core/clock.ts";
import type { Log } from "../log.ts";
import type { NodeChannel } from "./node-channel.ts";

/** What one node tells all others: a principal's rights have changed, or are over. */
export interface NodeMessage {
  readonly type: "refresh" | "revoke";
  /** The principal's id. */
  readonly id: string;
}

/** What is done with messages of other nodes. Nothing of it may throw. */
export interface NodeListener {
  told(message: NodeMessage): void;
  /** Messages may have been missed, nobody knows of whom. */
  missed(): void;
}

/** What `NodeMessages` works with. */
export interface NodeMessagesParts {
  readonly channel: NodeChannel;
  readonly log: Log;
  readonly clock: Clock;
}

/** Messages that may wait for a broker that is gone. */
const most = 10_000;

/** Before what could not be sent is sent again, in ms. */
const pause = 200;

/**
 * Messages between the nodes of a cluster. What cannot be sent waits until the broker is back, each message once; whoever was cut off
 * is told so when it is back. So no revocation is lost, unless more wait than `most`: then the oldest go, and the log says it.
 */
export class NodeMessages {
  readonly #parts: NodeMessagesParts;
  readonly #node = crypto.randomUUID();
  readonly #waiting = new Map<string, NodeMessage>();
  #sending: Promise<void> | null = null;
  #open = true;
  #wake: () => void = () => {};
  readonly #leave: () => void;

  constructor(parts: NodeMessagesParts, listener: NodeListener) {
    this.#parts = parts;
    this.#leave = parts.channel.listen(
      (text) => {
        const message = this.#read(text);
        if (message !== null) listener.told(message);
      },
      () => listener.missed(),
    );
  }

  /** Tells all other nodes. Resolves when the broker has the message; it is sent later where the broker is gone. */
  tell(message: NodeMessage): Promise<void> {
    const name = `${message.type} ${message.id}`;
    this.#waiting.delete(name);
    this.#waiting.set(name, message);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > most && oldest !== undefined) {
      this.#waiting.delete(oldest);
      this.#parts.log.error({ message: oldest }, "too many messages to other nodes wait: one is lost");
    }
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  end(): void {
    this.#open = false;
    this.#leave();
    this.#wake();
  }

  async #send(): Promise<void> {
    const { channel, log } = this.#parts;
    let failing = false;
    while (this.#open) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [name, message] = next;
      try {
        await channel.send(JSON.stringify({ ...message, from: this.#node }));
        failing = false;
        if (this.#waiting.get(name) === message) this.#waiting.delete(name);
      } catch (error) {
        if (!failing && this.#open) log.warn({ err: error }, "other nodes cannot be told: trying again");
        failing = true;
        await this.#rest();
      }
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(pause, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Null for one's own, and for what is none. */
  #read(text: string): NodeMessage | null {
    try {
      const { type, id, from } = JSON.parse(text) as Record<string, unknown>;
      if (from === this.#node || typeof id !== "string") return null;
      return type === "refresh" || type === "revoke" ? { type, id } : null;
    } catch {
      return null;
    }
  }
}
