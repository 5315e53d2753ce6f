import type { Clock } from "../core/clock.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import type { Batch } from "../core/protocol/batch.ts";
import type { Request } from "../core/protocol/request.ts";
import type { Response } from "../core/protocol/response.ts";
import { type Answer, isBatch, type Question } from "./operation.ts";

/** Requests under way at the same time; the server's own default bound. */
const inFlight = 32;
/** Requests that may wait for the connection. */
const bound = 1_000;
/** How often one request is sent: a server that goes down with it is spared the rest. */
const mostSends = 10;
/** How long nothing is sent after `throttled`, in ms. */
const throttlePause = 1_000;

export interface RequestsOptions {
  readonly clock: Clock;
  /** How long a request may take in all, in ms; null is for ever. */
  readonly timeout: number | null;
  readonly send: (frame: Request | Batch) => void;
}

interface Entry {
  readonly frame: Request | Batch;
  readonly settle: (outcome: Answer | LivesetError) => void;
  sent: boolean;
  sends: number;
}

/**
 * The requests that have no answer yet, in the order in which they were made. After a lost connection all of them are sent
 * again, in that order: reads may be repeated, and writes carry an id under which the server applies them once.
 */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #entries = new Map<string, Entry>();
  #last = 0;
  #sent = 0;
  #ready = false;
  #paused = false;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Asks, as soon as there is a connection. Rejects with LivesetError only. */
  ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      if (this.#entries.size - this.#sent >= bound) {
        const detail = `${bound} requests are waiting for the connection already.`;
        return reject(new LivesetError("disconnected", { detail }));
      }
      const id = `r${++this.#last}`;
      const onAbort = (): void => this.#settle(id, aborted(signal as AbortSignal));
      const cancelTimeout = this.#setTimeout(id);
      const settle: Entry["settle"] = (outcome) => {
        signal?.removeEventListener("abort", onAbort);
        cancelTimeout();
        if (outcome instanceof LivesetError) reject(outcome);
        else resolve(outcome);
      };
      signal?.addEventListener("abort", onAbort);
      const frame: Request | Batch = isBatch(question)
        ? { type: "batch", id, ...question }
        : { type: "request", id, ...question };
      this.#entries.set(id, { frame, settle, sent: false, sends: 0 });
      this.#pump();
    });
  }

  ready(): void {
    this.#ready = true;
    this.#pump();
  }

  /** The connection is lost: nothing more is sent until `ready`; what has no answer will be sent again, but not for ever. */
  interrupted(error: LivesetError | null): void {
    this.#ready = false;
    if (error?.code === "too_large") this.#failLargest(error);
    this.#sent = 0;
    for (const [id, entry] of this.#entries) {
      entry.sent = false;
      if (entry.sends >= mostSends) this.#settle(id, new LivesetError("disconnected"));
    }
  }

  /** Nothing more is sent until `ready`; answers still come. */
  hush(): void {
    this.#ready = false;
  }

  response(frame: Response): void {
    this.#settle(frame.id, { status: frame.status, data: frame.data, etag: frame.etag ?? null });
    this.#pump();
  }

  /** Takes an error that belongs to a request; false where it belongs to none. */
  error(id: string, error: LivesetError): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    if (error.code === "throttled" && entry.sent) this.#repeatLater(entry, error);
    else this.#settle(id, error);
    this.#pump();
    return true;
  }

  /** Rejects everything. */
  fail(error: LivesetError): void {
    for (const id of [...this.#entries.keys()]) this.#settle(id, error);
  }

  #settle(id: string, outcome: Answer | LivesetError): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    if (entry.sent) this.#sent--;
    entry.settle(outcome);
  }

  #pump(): void {
    if (!this.#ready || this.#paused) return;
    for (const entry of this.#entries.values()) {
      if (this.#sent >= inFlight) return;
      if (entry.sent) continue;
      entry.sent = true;
      entry.sends++;
      this.#sent++;
      this.#options.send(entry.frame);
    }
  }

  /** A server closes the connection over a frame that is too large and cannot name it: sent again it would do so again. */
  #failLargest(error: LivesetError): void {
    const size = ({ frame }: Entry): number => JSON.stringify(frame).length;
    const sent = [...this.#entries].filter(([, entry]) => entry.sent);
    const [largest] = sent.sort(([, a], [, b]) => size(b) - size(a));
    if (largest !== undefined) this.#settle(largest[0], error);
  }

  #repeatLater(entry: Entry, error: LivesetError): void {
    entry.sent = false;
    this.#sent--;
    this.#paused = true;
    this.#options.clock.after((error.retryAfter ?? 0) * 1000 || throttlePause, () => {
      this.#paused = false;
      this.#pump();
    });
  }

  #setTimeout(id: string): () => void {
    const { timeout, clock } = this.#options;
    if (timeout === null) return () => {};
    const detail = `No answer came within ${timeout} ms.`;
    return clock.after(timeout, () => this.#settle(id, new LivesetError("disconnected", { detail })));
  }
}

/** The error of a call whose signal was aborted. */
export function aborted(signal: AbortSignal): LivesetError {
  const { reason } = signal;
  return reason instanceof LivesetError
    ? reason
    : new LivesetError("released", { detail: "The call was aborted.", cause: reason });
}
