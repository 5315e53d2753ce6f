import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Issue } from "../core/error/liveset-error.ts";

/** The outcome of a validation: a value, or at least one issue. */
export interface Validation {
  readonly value: unknown;
  readonly issues: readonly Issue[];
}

/** Runs a Standard Schema. Issues are named by their path below `path`; what the schema itself throws is thrown. */
export async function validate(
  schema: StandardSchemaV1,
  value: unknown,
  path: readonly (string | number)[],
): Promise<Validation> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return { value: result.value, issues: [] };
  return { value: undefined, issues: result.issues.map((issue) => toIssue(issue, path)) };
}

function toIssue(issue: StandardSchemaV1.Issue, path: readonly (string | number)[]): Issue {
  const inner = (issue.path ?? []).map((part) => {
    const key = typeof part === "object" ? part.key : part;
    return typeof key === "number" ? key : String(key);
  });
  const code = "code" in issue && typeof issue.code === "string" ? issue.code : "refused";
  return { path: [...path, ...inner], code, message: issue.message };
}
