import { type Issue, LivesetError } from "../../core/error/liveset-error.ts";

/** The issues of a broken unique index over these columns; of none where the columns are not known. */
export function uniqueIssues(names: readonly string[]): Issue[] {
  const [only] = names;
  if (names.length === 1 && only !== undefined)
    return [{ path: [only], code: "unique", message: `Another row has this ${only} already.` }];
  const together = names.length === 0 ? "values" : `combination of ${names.join(", ")}`;
  const message = `Another row has this ${together} already.`;
  return names.length === 0
    ? [{ path: [], code: "unique", message }]
    : names.map((name) => ({ path: [name], code: "unique", message }));
}

/** An error of these issues, the first of which is its detail. */
export function coded(code: "conflict" | "invalid", errors: readonly Issue[], cause: unknown): LivesetError {
  return new LivesetError(code, {
    ...(errors[0] === undefined ? {} : { detail: errors[0].message }),
    errors,
    cause,
  });
}
