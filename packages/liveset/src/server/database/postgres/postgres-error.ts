/** What liveset reads of an error of the server's. */
export interface PostgresError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  readonly detail?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** The server's error in a chain of causes, or null. Drizzle wraps errors. */
export function findPostgresError(thrown: unknown): PostgresError | null {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth++)
    if (isPostgresError(error)) return error;
  return null;
}

function isPostgresError(error: Error): error is PostgresError {
  return (
    "code" in error &&
    typeof error.code === "string" &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    "severity" in error
  );
}

/** Whether transactions came into each other's way: done again, it may go well. */
export function isSerializationFailure(thrown: unknown): boolean {
  const code = findPostgresError(thrown)?.code;
  return code === "40001" || code === "40P01";
}

const network: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);

/** What node-postgres says where a connection is lost or cannot be had. */
const lost =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after|Called end on pool|Connection ended)/;

/** Whether the connection, not the statement, is the matter. */
export function isConnectionFailure(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth++) {
    if ("code" in error && typeof error.code === "string") {
      if (network.has(error.code)) return true;
      // Connection exceptions; the server stops, starts, or a person ended the connection.
      if (isPostgresError(error) && /^(08...|57P0[1-5])$/.test(error.code)) return true;
    }
    if (lost.test(error.message)) return true;
    if (error instanceof AggregateError && error.errors.some(isConnectionFailure)) return true;
  }
  return false;
}
