import { type LivesetError, toLivesetError } from "../core/error/liveset-error.ts";
import type { KeyText } from "../core/key/key.ts";
import type { Overlay, PendingOperation } from "./overlay.ts";
import type { PendingWrite } from "./pending-write.ts";
import type { Turn } from "./turn.ts";

/** Refused writes that are remembered; beyond them the oldest are forgotten. */
const mostRefused = 1_000;

interface Write {
  readonly mutation: string;
  readonly operations: readonly PendingOperation[];
  readonly send: () => Promise<unknown>;
  /** Takes what was answered, in the turn in which the effect ends. */
  readonly done: (value: unknown) => void;
  error: LivesetError | null;
  running: Promise<unknown> | null;
  isForgotten: boolean;
}

/** Where pending writes are seen. */
export interface PendingWritesOwner {
  readonly turn: Turn;
  readonly overlay: Overlay;
  /** Whether something that is shown is older than what the server has answered. */
  isBehind(): boolean;
  /** A refused write is not to be tried again. */
  givenUp?(mutation: string): void;
  /** What is known of the writes to a row is another thing. */
  touched(resource: string, key: KeyText): void;
}

/**
 * The writes that are under way, with their effect on what is shown, and those that were refused, without it. An effect
 * ends in the very moment in which the confirmed state that has it is shown.
 */
export class PendingWrites {
  readonly #owner: PendingWritesOwner;
  readonly #writes = new Map<string, Write>();
  /** Of each row, by resource and key: the write that was begun last. */
  readonly #views = new Map<string, PendingWrite>();
  /** Done, but not seen yet by lists that have to catch up. */
  readonly #doneEarly = new Set<string>();

  constructor(owner: PendingWritesOwner) {
    this.#owner = owner;
  }

  /** The write to a row that was begun last and is under way or was refused; the same object until that changes. */
  get(resource: string, key: KeyText): PendingWrite | null {
    return this.#views.get(placeOf(resource, key)) ?? null;
  }

  /** Whether a mutation is under way or was refused. */
  has(mutation: string): boolean {
    return this.#writes.has(mutation);
  }

  /** Writes under way. */
  get size(): number {
    return [...this.#writes.values()].filter(({ error }) => error === null).length;
  }

  /**
   * Shows what the operations do and sends them. Resolves with what `send` gives; rejects, after the effect was taken
   * back, with its error as a LivesetError.
   *
   * @param done takes the answer in the turn in which the effect ends
   */
  begin<T>(
    mutation: string,
    operations: readonly PendingOperation[],
    send: () => Promise<T>,
    done: (value: T) => void = () => {},
  ): Promise<T> {
    for (const { resource, key } of operations) this.#forgetRefused(resource, key);
    const write: Write = {
      mutation,
      operations,
      send,
      done: done as Write["done"],
      error: null,
      running: null,
      isForgotten: false,
    };
    this.#writes.set(mutation, write);
    return this.#run(write) as Promise<T>;
  }

  /** The server's transaction of these mutations is being shown, in this turn. */
  confirmed(mutations: readonly string[]): void {
    for (const mutation of mutations) {
      const write = this.#writes.get(mutation);
      if (write !== undefined) this.#done(write);
    }
  }

  /** What is shown may have caught up. */
  caughtUp(): void {
    if (this.#doneEarly.size === 0 || this.#owner.isBehind()) return;
    const done = [...this.#doneEarly];
    this.#doneEarly.clear();
    for (const mutation of done) this.#end(mutation);
  }

  /** Takes all effects away and forgets everything; what was sent is not called back. */
  clear(): void {
    for (const write of [...this.#writes.values()]) {
      write.isForgotten = true;
      this.#end(write.mutation);
    }
    this.#doneEarly.clear();
  }

  #run(write: Write): Promise<unknown> {
    const { turn, overlay } = this.#owner;
    write.error = null;
    turn.run(() => {
      overlay.add(write.mutation, write.operations);
      this.#show(write);
    });
    write.running = write.send().then(
      (value) => {
        this.#owner.turn.run(() => this.#answer(write, value));
        return value;
      },
      (thrown) => {
        const error = toLivesetError(thrown);
        this.#owner.turn.run(() => this.#refuse(write, error));
        throw error;
      },
    );
    return write.running;
  }

  #answer(write: Write, value: unknown): void {
    if (write.isForgotten) return;
    write.done(value);
    if (this.#writes.get(write.mutation) !== write) return;
    this.#done(write);
  }

  /** The server has done it: what is up to date has it, the rest keeps the effect until it is. */
  #done(write: Write): void {
    const { overlay } = this.#owner;
    if (!this.#owner.isBehind()) return this.#end(write.mutation);
    this.#doneEarly.add(write.mutation);
    overlay.answer(write.mutation);
  }

  #refuse(write: Write, error: LivesetError): void {
    const { overlay } = this.#owner;
    if (this.#writes.get(write.mutation) !== write) return;
    write.error = error;
    write.running = null;
    overlay.drop(write.mutation);
    this.#show(write);
    const refused = [...this.#writes.values()].filter((other) => other.error !== null);
    for (const { mutation } of refused.slice(0, -mostRefused)) this.#end(mutation);
  }

  #end(mutation: string): void {
    const write = this.#writes.get(mutation);
    if (write === undefined) return;
    this.#writes.delete(mutation);
    if (write.error !== null) this.#owner.givenUp?.(mutation);
    this.#owner.overlay.drop(mutation);
    this.#show(write);
  }

  /** A new write to a row takes the place of a refused one. */
  #forgetRefused(resource: string, key: KeyText): void {
    for (const write of [...this.#writes.values()]) {
      const concerned = write.operations.some((one) => one.resource === resource && one.key === key);
      if (concerned && write.error !== null) this.#end(write.mutation);
    }
  }

  #show(write: Write): void {
    for (const { resource, key } of write.operations) {
      const place = placeOf(resource, key);
      const view = this.#viewOf(resource, key);
      if (view === null) this.#views.delete(place);
      else this.#views.set(place, view);
      this.#owner.touched(resource, key);
    }
  }

  #viewOf(resource: string, key: KeyText): PendingWrite | null {
    for (const write of [...this.#writes.values()].reverse()) {
      const own = write.operations.filter((one) => one.resource === resource && one.key === key);
      const last = own.at(-1);
      if (last === undefined) continue;
      const { mutation, error } = write;
      return Object.freeze({
        mutation,
        op: last.action,
        error,
        retry: () => write.running ?? this.#run(write),
        discard: () => {
          this.#owner.turn.run(() => write.error !== null && this.#end(mutation));
        },
      });
    }
    return null;
  }
}

function placeOf(resource: string, key: KeyText): string {
  return JSON.stringify([resource, key]);
}
