import { type ConsumerMessages, DeliverPolicy, type JetStreamClient } from "@nats-io/jetstream";
import type { Clock } from "../../../core/clock.ts";
import type { LogEntry, LogPlace } from "../cluster-log.ts";
import type { EntrySource } from "../follow-log.ts";
import type { NatsLink } from "./connect-nats.ts";
import { epochOf } from "./subjects.ts";

/** What a source works with. */
export interface NatsSourceParts {
  /** Of the stream. */
  readonly name: string;
  readonly link: NatsLink;
  readonly stream: JetStreamClient;
  readonly clock: Clock;
}

/** Entries that the server may have sent and nobody taken. */
const ahead = 500;

/** How long `pull` waits for an entry, in ms. */
const patience = 1_000;

/** Follows a stream by an ordered consumer of its own, which begins anew where the connection was lost. */
export function natsSource(parts: NatsSourceParts): EntrySource {
  return new NatsSource(parts);
}

class NatsSource implements EntrySource {
  readonly #parts: NatsSourceParts;
  #messages: ConsumerMessages | null = null;
  #arrived: (LogEntry & { readonly epoch: string })[] = [];
  /** The place after which the next entry of `#arrived`, or the next to arrive, comes. */
  #place = -1;
  #wake: () => void = () => {};

  constructor(parts: NatsSourceParts) {
    this.#parts = parts;
  }

  async pull({ epoch, place }: LogPlace): Promise<readonly LogEntry[]> {
    const { link } = this.#parts;
    if (!link.up()) {
      this.#stop();
      throw new Error("NATS is not connected.");
    }
    if (this.#messages === null || this.#place !== place) await this.#start(place);
    if (this.#arrived.length === 0) await this.#wait();
    const arrived = this.#arrived.splice(0);
    const other = arrived.findIndex((entry) => entry.epoch !== epoch);
    const entries = other === -1 ? arrived : arrived.slice(0, other);
    this.#place = other === -1 ? (arrived.at(-1)?.place ?? place) : -1;
    return entries.map(({ place: at, text }) => ({ place: at, text }));
  }

  end(): void {
    this.#stop();
    this.#wake();
  }

  async #start(place: number): Promise<void> {
    this.#stop();
    const { name, stream } = this.#parts;
    const consumer = await stream.consumers.get(name, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: place + 1,
    });
    const messages = await consumer.consume({ max_messages: ahead });
    this.#messages = messages;
    this.#place = place;
    void this.#take(messages);
  }

  async #take(messages: ConsumerMessages): Promise<void> {
    try {
      for await (const message of messages) {
        if (messages !== this.#messages) return;
        this.#arrived.push({ place: message.seq, text: message.string(), epoch: epochOf(message.subject) });
        this.#wake();
      }
    } catch {
      // It begins anew below.
    }
    if (messages === this.#messages) this.#stop();
  }

  #stop(): void {
    const messages = this.#messages;
    this.#messages = null;
    this.#arrived = [];
    void messages?.close().catch(() => {});
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(patience, () => this.#wake());
      const forget = this.#parts.link.onceDown(() => this.#wake());
      this.#wake = () => {
        this.#wake = () => {};
        cancel();
        forget();
        resolve();
      };
    });
  }
}
