/** Something with listeners that are to be called when the present turn ends. */
export interface Emitter {
  emit(): void;
}

/**
 * Runs jobs one after another, never one within another, and calls listeners only when no job is left. So whatever a
 * listener does (release, write, open a list) meets finished state, and many changes in one turn are one notification.
 */
export class Turn {
  readonly #jobs: (() => void)[] = [];
  readonly #changed = new Set<Emitter>();
  #running = false;

  run(job: () => void): void {
    this.#jobs.push(job);
    if (this.#running) return;
    this.#running = true;
    try {
      do {
        for (let next = this.#jobs.shift(); next !== undefined; next = this.#jobs.shift()) next();
        const emitters = [...this.#changed];
        this.#changed.clear();
        for (const emitter of emitters) emitter.emit();
      } while (this.#jobs.length > 0 || this.#changed.size > 0);
    } finally {
      this.#running = false;
    }
  }

  /** Runs a job at once, within the turn where there is one: for what the caller needs the outcome of. */
  join(job: () => void): void {
    if (this.#running) job();
    else this.run(job);
  }

  /** Has an emitter called at the end of the turn. */
  changed(emitter: Emitter): void {
    this.#changed.add(emitter);
    if (!this.#running) this.run(() => {});
  }
}
