/** An error of `node:sqlite`. `errcode` is SQLite's extended result code, whose low byte is the primary one. */
export interface SqliteError extends Error {
  readonly errcode: number;
}

/** Primary result codes of SQLite. */
export const primary = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** The error of `node:sqlite` in what was thrown, however often Drizzle and others wrapped it; null where there is none. */
export function findSqliteError(thrown: unknown): SqliteError | null {
  let error = thrown;
  for (let depth = 0; depth < 10 && error instanceof Error; depth++) {
    if ("errcode" in error && typeof error.errcode === "number") return error as SqliteError;
    error = error.cause;
  }
  return null;
}

/** Whether SQLite failed with this primary code. */
export function isSqliteError(thrown: unknown, code: number): boolean {
  const error = findSqliteError(thrown);
  return error !== null && (error.errcode & 0xff) === code;
}
