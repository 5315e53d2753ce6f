/** Counts how often anybody's rights were changed, so that who has just been asked for is known to be current. */
export class RightsChanges {
  #count = 0;

  /** Somebody's rights are others from now on. */
  readonly changing = (): void => {
    this.#count++;
  };

  /** Called before a principal is asked for. What it returns says whether nobody's rights have been changed since. */
  readonly watch = (): (() => boolean) => {
    const at = this.#count;
    return () => this.#count === at;
  };
}
