import { findPostgresError } from "../postgres-error.ts";

/** The log is not the one that was followed, or no longer whole: what comes next does not continue what was given. */
export class LogLost extends Error {}

/** Whether an error says so, or that the log's tables are gone. */
export function isLogLost(thrown: unknown): boolean {
  return thrown instanceof LogLost || ["42P01", "3F000"].includes(findPostgresError(thrown)?.code ?? "");
}
