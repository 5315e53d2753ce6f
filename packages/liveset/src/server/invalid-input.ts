import { type Issue, LivesetError } from "../core/error/liveset-error.ts";

/** All faults of one input in one error. There must be at least one. */
export function invalidInput(issues: readonly Issue[]): LivesetError {
  const [first] = issues;
  return new LivesetError("invalid", first === undefined ? {} : { detail: first.message, errors: issues });
}
