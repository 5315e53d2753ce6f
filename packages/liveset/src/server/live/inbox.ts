/**
 * What a client asked, in order of arrival. A task runs at once unless something holds the inbox (a change of
 * principal, too many requests under way); then it waits, and so do all behind it.
 */
export class Inbox {
  readonly #capacity: number;
  #waiting: (() => void)[] = [];
  #holds = 0;
  #running = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Runs the task in its turn; false where too many wait already. */
  push(task: () => void): boolean {
    if (this.#holds === 0) {
      task();
      return true;
    }
    if (this.#waiting.length >= this.#capacity) return false;
    this.#waiting.push(task);
    return true;
  }

  /** Keeps tasks waiting until the returned function is called. Each hold counts. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      this.#run();
    };
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
  }

  #run(): void {
    // A task that lets go of the inbox itself comes here again: a chain of them must not become a pile.
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#holds === 0) {
        const task = this.#waiting.shift();
        if (task === undefined) return;
        task();
      }
    } finally {
      this.#running = false;
    }
  }
}
