/** The databases that SQL can be printed for. */
export type SqlDialect = "sqlite" | "postgres";
