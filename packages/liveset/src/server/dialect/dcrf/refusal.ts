import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";

/** An answer of this dialect's own that refuses, on its way to the client. */
export class Refusal extends LivesetError {
  readonly #status: number;
  /** What stands under `errors`. */
  readonly said: readonly Json[];

  constructor(status: number, said: readonly Json[]) {
    super("invalid");
    this.#status = status;
    this.said = said;
  }

  override get status(): number {
    return this.#status;
  }
}

/** A value that is missing, named as a serializer names it. */
export function required(name: string): Refusal {
  return new Refusal(400, [{ [name]: ["This field is required."] }]);
}
