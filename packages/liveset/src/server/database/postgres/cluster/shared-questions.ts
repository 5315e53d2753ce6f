import { LivesetError } from "../../../../core/error/liveset-error.ts";

/** What one question came to: resolves when all that was committed before it was asked has been received. */
export interface Question {
  readonly answered: Promise<void>;
  /** Nobody waits for it any more. */
  readonly end: () => void;
}

/** How long an answer is waited for before it is asked again, and in all, in ms. */
const again = 2_000;
const longest = 15_000;

/**
 * Asks until there is an answer; those who come before a question is put share it.
 *
 *     caller ─┬─► question under way: not ours, it was put before ─► the next one
 *             └─► none ─► put it
 */
export class SharedQuestions {
  readonly #put: () => Promise<Question>;
  /** The one that has not been put yet. */
  #next: Promise<void> | null = null;

  /** @param put puts the question, and resolves when it has been put */
  constructor(put: () => Promise<Question>) {
    this.#put = put;
  }

  ask(): Promise<void> {
    this.#next ??= this.#ask();
    return this.#next;
  }

  async #ask(): Promise<void> {
    // Not before the promise is kept: whoever asks in the same turn shares it.
    await Promise.resolve();
    this.#next = null;
    const asking = new Asking(this.#put);
    try {
      for (let waited = 0; waited < longest; waited += again) if (await asking.once()) return;
    } finally {
      asking.end();
    }
    throw new LivesetError("unavailable", { detail: "The changes of the database are late.", retryAfter: 2 });
  }
}

/** One question, put several times: the first answer will do. */
class Asking {
  readonly #put: () => Promise<Question>;
  readonly #open: Question[] = [];
  #isOver = false;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;
  readonly #answered = new Promise<void>((resolve, reject) => {
    this.#settle = { resolve, reject };
  });

  constructor(put: () => Promise<Question>) {
    this.#put = put;
    // It may fail when nobody waits for it any more.
    this.#answered.catch(() => {});
  }

  /** Puts the question. False where no answer came in time. */
  async once(): Promise<boolean> {
    this.#put().then(
      (question) => {
        if (this.#isOver) return question.end();
        this.#open.push(question);
        void question.answered.then(this.#settle?.resolve);
      },
      (error) => this.#settle?.reject(error),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), again);
    });
    try {
      return await Promise.race([this.#answered.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#isOver = true;
    for (const { end } of this.#open) end();
  }
}
