import type { Call, OperationResult } from "../operation/call.ts";
import { operate } from "../operation/operate.ts";
import { type Batch, operateBatch } from "../operation/operate-batch.ts";
import { isDetached } from "../operation/run-action.ts";
import { operationNames } from "../operation-names.ts";
import type { Caller } from "./caller.ts";
import { failureOf } from "./failure-of.ts";
import type { Inbox } from "./inbox.ts";
import type { LiveParts } from "./live-parts.ts";
import type { Audience } from "./subscriber.ts";
import type { Voice } from "./voice.ts";

/** An operation or action that a client asks for: a call without its caller. */
export type Wish = Omit<Call, "user" | "request" | "ifNoneMatch" | "reply" | "signal">;

/** Several writes that a client asks for as one. */
export type BatchWish = Omit<Batch, "user" | "request">;

/** Whose requests they are. */
export interface RequestsOwner {
  readonly parts: LiveParts;
  readonly audience: Audience;
  readonly voice: Voice;
  readonly inbox: Inbox;
}

const reads: ReadonlySet<string> = new Set(["list", "retrieve"]);

/**
 * The requests of one session. They overlap, up to a bound beyond which the inbox waits; its writes are executed one
 * after the other, in the order in which they came.
 */
export class Requests {
  readonly #owner: RequestsOwner;
  #underWay = 0;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #release: () => void = () => {};
  #ended = false;
  /** Made for the first action: most sessions ask for none. */
  #abort: AbortController | null = null;

  constructor(owner: RequestsOwner) {
    this.#owner = owner;
  }

  /** Runs a request and says its answer, a write's after its transaction's frames (P6). */
  run(id: string, caller: Caller, wish: Wish | BatchWish): void {
    const { parts, inbox } = this.#owner;
    if (++this.#underWay === parts.runtime.limits.requestsInFlight) this.#release = inbox.hold();
    void this.#answer(id, caller, wish).finally(() => {
      if (this.#underWay-- === parts.runtime.limits.requestsInFlight) this.#release();
    });
  }

  /** Writes that have not begun are not executed. */
  end(): void {
    this.#ended = true;
    this.#abort?.abort();
  }

  async #answer(id: string, caller: Caller, wish: Wish | BatchWish): Promise<void> {
    const { parts, audience, voice } = this.#owner;
    const done = wish.mutation === undefined ? null : parts.authors.begin(wish.mutation, audience);
    const early: OperationResult[] = [];
    const detached = !isBatch(wish) && isDetached(parts.runtime.resources.get(wish.resource), wish.action);
    const say = (result: OperationResult): void => {
      if (!this.#ended) voice.partial?.(id, result);
    };
    const reply: Call["reply"] = (data, status) => {
      if (detached) say({ data, status });
      else early.push({ data, status });
    };
    try {
      const result = await this.#inTurn(caller, { ...wish, reply }, detached);
      if (result?.cursor !== undefined) await parts.position.reached(result.cursor);
      for (const partial of early) say(partial);
      if (result !== null) voice.response(id, result);
    } catch (thrown) {
      voice.error(
        id,
        failureOf(parts.runtime, thrown, {
          asked: isBatch(wish) ? "batch" : `${wish.resource}.${wish.action}`,
        }),
      );
    } finally {
      done?.();
    }
  }

  #inTurn(
    { user, request }: Caller,
    wish: (Wish | BatchWish) & Pick<Call, "reply">,
    detached: boolean,
  ): Promise<OperationResult | null> {
    const { runtime } = this.#owner.parts;
    const work = async (): Promise<OperationResult | null> => {
      if (this.#ended) return null;
      if (isBatch(wish)) return operateBatch(runtime, { ...wish, user, request });
      const signal = operationNames.has(wish.action) ? {} : { signal: this.#signal };
      return operate(runtime, { ...wish, ...signal, user, request });
    };
    if (detached || (!isBatch(wish) && reads.has(wish.action))) return work();
    const result = this.#lastWrite.then(work);
    this.#lastWrite = result.catch(() => {});
    return result;
  }

  get #signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }
}

function isBatch(wish: Wish | BatchWish): wish is BatchWish {
  return "operations" in wish;
}
