/**
 * What a client of SmartNgRX is told: rows of a table that it is to fetch anew (`update`) or to take out of their parents
 * (`delete`). `table` and `ids` are what its `handleSocketNotification` takes.
 */
export interface Notice {
  readonly action: "update" | "delete";
  readonly table: string;
  readonly ids: readonly string[];
}
