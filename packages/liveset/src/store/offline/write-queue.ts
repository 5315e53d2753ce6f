import type { Clock } from "../../core/clock.ts";
import { LivesetError, type Problem, toLivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import type { WriteQuestion } from "../client-store.ts";
import { realClock } from "../real-clock.ts";
import type { KeyValueStorage } from "./key-value-storage.ts";
import type { QueuedWrite, QueueMessage } from "./queued-write.ts";
import { browserTabs, type Tabs } from "./tabs.ts";

/** Options of a write queue. */
export interface WriteQueueOptions {
  readonly storage: KeyValueStorage;
  /** Tabs whose queues have one name share one queue. Default `liveset`. */
  readonly name?: string;
  readonly tabs?: Tabs;
  readonly clock?: Clock;
  /** Is told what the storage could not do. The write is sent all the same. */
  readonly onError?: (error: unknown) => void;
}

/** Whose writes are queued. */
export interface WriteQueueOwner {
  /** Asks the server. Waits for a connection. */
  send(question: WriteQuestion): Promise<Json>;
  /** Shows a write that another tab made, or that was left over. `outcome` is what becomes of it. */
  show(question: WriteQuestion, outcome: Promise<Json>): void;
  /** All of it is forgotten. */
  cleared(): void;
}

interface Waiter {
  readonly promise: Promise<Json>;
  resolve(value: Json): void;
  reject(error: LivesetError): void;
}

/** Writes that may wait. */
const mostQueued = 10_000;
/** The longest pause between attempts after a failure that may pass, in ms. */
const longestPause = 30_000;

/**
 * A queue of writes that outlives the page: each is kept before it is sent, and sent in the order of writing, one at a time, by
 * one of all tabs. What is left over after a reload or a crash is sent by the next tab, under its mutation id, so that the
 * server does it once. All tabs show all writes. For `createStore({ queue })`.
 *
 * @example
 * ```ts
 * import { createStore, indexedDbStorage, WriteQueue } from "liveset/store";
 *
 * const store = createStore({ queue: new WriteQueue({ storage: indexedDbStorage("todo") }) });
 * ```
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #clock: Clock;
  readonly #tabs: Tabs;
  readonly #waiters = new Map<string, Waiter>();
  /** Those that this tab has shown. */
  readonly #known = new Set<string>();
  readonly #ends: (() => void)[] = [];
  #owner: WriteQueueOwner | null = null;
  #leads = false;
  #running = false;
  #looksAgain = false;
  #last = 0;
  #closed = false;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#tabs = options.tabs ?? browserTabs(options.name ?? "liveset");
  }

  /** Begins to work for its owner, with what is left over. */
  open(owner: WriteQueueOwner): void {
    if (this.#owner !== null)
      throw new TypeError("A write queue belongs to one store, and a store with one to one client.");
    this.#owner = owner;
    this.#ends.push(this.#tabs.hear((message) => this.#heard(message as QueueMessage)));
    void this.#restore().finally(() => {
      if (this.#closed) return;
      this.#ends.push(
        this.#tabs.lead(() => {
          this.#leads = true;
          void this.#work();
        }),
      );
    });
  }

  /** Queues a write. Resolves with its answer, whichever tab gets it; rejects where it is refused. */
  async add(question: WriteQuestion): Promise<Json> {
    const { mutation } = question;
    if (this.#known.size >= mostQueued) {
      const detail = `${mostQueued} writes are waiting already.`;
      throw new LivesetError("disconnected", { detail });
    }
    const waiter = this.#waiter(mutation);
    this.#known.add(mutation);
    const write: QueuedWrite = { question, at: this.#clock.now() };
    try {
      await this.#drop(mutation);
      await this.#options.storage.set(this.#newKey(mutation), write as unknown as Json);
    } catch (thrown) {
      // Not kept, it is sent all the same, as without a queue.
      this.#options.onError?.(thrown);
      this.#settle(
        mutation,
        () => this.#owner?.send(question) ?? Promise.reject(new LivesetError("released")),
      );
      return waiter.promise;
    }
    this.#tabs.tell({ type: "queued", write } satisfies QueueMessage);
    void this.#work();
    return waiter.promise;
  }

  /** A refused write is given up. */
  async forget(mutation: string): Promise<void> {
    if (!this.#known.delete(mutation)) return;
    this.#waiters.delete(mutation);
    await this.#safely(() => this.#drop(mutation));
    this.#tabs.tell({ type: "forgotten", mutation } satisfies QueueMessage);
  }

  /** Forgets everything, in all tabs: at logout. */
  async clear(): Promise<void> {
    this.#known.clear();
    for (const mutation of [...this.#waiters.keys()]) this.#reject(mutation, new LivesetError("released"));
    await this.#safely(async () => {
      for (const [key] of await this.#options.storage.entries("queue/"))
        await this.#options.storage.delete(key);
    });
    this.#tabs.tell({ type: "cleared" } satisfies QueueMessage);
  }

  /** Ends it in this tab; what waits is sent by another one, or after the next start. */
  close(): void {
    this.#closed = true;
    this.#leads = false;
    for (const end of this.#ends.splice(0)) end();
  }

  async #restore(): Promise<void> {
    await this.#safely(async () => {
      for (const [, value] of await this.#options.storage.entries("queue/")) {
        const write = value as unknown as QueuedWrite;
        this.#show(write);
        if (write.problem !== undefined) this.#reject(write.question.mutation, errorOf(write.problem));
      }
    });
  }

  #show({ question }: QueuedWrite): void {
    const { mutation } = question;
    if (this.#known.has(mutation)) return;
    this.#known.add(mutation);
    this.#owner?.show(question, this.#waiter(mutation).promise);
  }

  #heard(message: QueueMessage): void {
    if (message.type === "queued") {
      this.#known.delete(message.write.question.mutation);
      this.#show(message.write);
      void this.#work();
    } else if (message.type === "done") {
      const { value } = message;
      this.#settle(message.mutation, () => Promise.resolve(value));
    } else if (message.type === "refused") this.#reject(message.mutation, errorOf(message.problem));
    else if (message.type === "forgotten") {
      this.#known.delete(message.mutation);
      this.#reject(message.mutation, new LivesetError("released"));
    } else {
      this.#known.clear();
      this.#waiters.clear();
      this.#owner?.cleared();
    }
  }

  /** Sends what waits, one after the other, while this tab leads. */
  async #work(): Promise<void> {
    this.#looksAgain = true;
    if (!this.#leads || this.#running) return;
    this.#running = true;
    try {
      while (this.#leads && this.#looksAgain) {
        this.#looksAgain = false;
        await this.#safely(() => this.#sendAll());
      }
    } finally {
      this.#running = false;
    }
  }

  async #sendAll(): Promise<void> {
    for (let failures = 0; this.#leads; ) {
      const waiting = await this.#options.storage.entries("queue/");
      const next = waiting.find(([, value]) => (value as unknown as QueuedWrite).problem === undefined);
      if (next === undefined) return;
      const [key, value] = next;
      const write = value as unknown as QueuedWrite;
      this.#show(write);
      const passed = await this.#send(key, write);
      failures = passed ? 0 : failures + 1;
      if (!passed) await this.#pause(Math.min(longestPause, 1_000 * 2 ** (failures - 1)));
    }
  }

  /** Returns false where it has to be sent again. */
  async #send(key: string, write: QueuedWrite): Promise<boolean> {
    const { mutation } = write.question;
    const { storage } = this.#options;
    try {
      const value = (await this.#owner?.send(write.question)) ?? null;
      await storage.delete(key);
      this.#settle(mutation, () => Promise.resolve(value));
      this.#tabs.tell({ type: "done", mutation, value } satisfies QueueMessage);
    } catch (thrown) {
      const error = toLivesetError(thrown);
      // Not refused: not said, not heard, or not the moment. The same id makes it safe to say again.
      if (this.#closed || error.retry || isUnheard(error)) return !this.#leads;
      const problem = error.toProblem();
      if (this.#known.has(mutation)) await storage.set(key, { ...write, problem } as unknown as Json);
      this.#reject(mutation, error);
      this.#tabs.tell({ type: "refused", mutation, problem } satisfies QueueMessage);
    }
    return true;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#ends.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #newKey(mutation: string): string {
    const time = String(this.#clock.now()).padStart(15, "0");
    return `queue/${time}-${String(++this.#last).padStart(6, "0")}-${mutation}`;
  }

  async #drop(mutation: string): Promise<void> {
    for (const [key] of await this.#options.storage.entries("queue/")) {
      if (key.endsWith(`-${mutation}`)) await this.#options.storage.delete(key);
    }
  }

  #waiter(mutation: string): Waiter {
    const there = this.#waiters.get(mutation);
    if (there !== undefined) return there;
    let resolve: Waiter["resolve"] = () => {};
    let reject: Waiter["reject"] = () => {};
    const promise = new Promise<Json>((good, bad) => {
      resolve = good;
      reject = bad;
    });
    // Not everybody who is shown a write waits for it.
    promise.catch(() => {});
    const waiter = { promise, resolve, reject };
    this.#waiters.set(mutation, waiter);
    return waiter;
  }

  #settle(mutation: string, outcome: () => Promise<Json>): void {
    const waiter = this.#waiters.get(mutation);
    this.#waiters.delete(mutation);
    this.#known.delete(mutation);
    if (waiter !== undefined) outcome().then(waiter.resolve, waiter.reject);
  }

  #reject(mutation: string, error: LivesetError): void {
    this.#waiters.get(mutation)?.reject(error);
    this.#waiters.delete(mutation);
  }

  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.onError?.(thrown);
    }
  }
}

/** Whether nobody can tell if the server has heard of it. */
function isUnheard({ code }: LivesetError): boolean {
  return (
    code === "disconnected" || code === "released" || code === "session_expired" || code === "unauthenticated"
  );
}

function errorOf(problem: Problem): LivesetError {
  return LivesetError.fromProblem({ ...problem });
}
