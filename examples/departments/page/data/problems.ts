import { Injectable, type Signal, signal } from "@angular/core";

/** Something that did not work, for a person to read. */
export interface Problem {
  readonly id: number;
  readonly text: string;
}

/** How much is shown at once; the oldest go. */
const most = 3;

/** What did not work lately. */
@Injectable({ providedIn: "root" })
export class Problems {
  readonly #all = signal<readonly Problem[]>([]);
  #last = 0;

  get all(): Signal<readonly Problem[]> {
    return this.#all;
  }

  /** @param message what was being done, as the store says it */
  report(message: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${happened(message)} ${why}`;
    this.#all.update((all) =>
      [...all.filter((one) => one.text !== text), { id: ++this.#last, text }].slice(-most),
    );
  }

  dismiss(id: number): void {
    this.#all.update((all) => all.filter((one) => one.id !== id));
  }
}

function happened(message: string): string {
  if (message.startsWith("Error updating")) return "The name was not saved.";
  if (message.startsWith("Error adding")) return "Nothing was added.";
  if (message.startsWith("Error deleting")) return "Nothing was deleted.";
  return "Some rows could not be loaded.";
}
