/** Version of the tables below and of the form of the values in the log. Another one makes them anew. */
export const captureVersion = "1";

/** Key columns that the scratch table has room for. */
export const maxKeyColumns = 8;

const keySlots = Array.from({ length: maxKeyColumns }, (_, i) => `k${i}`).join(", ");

/**
 * The tables of capture.
 *
 * `liveset_changes`: op is `i`, `u`, `d`, or `m`: the end of a transaction of a liveset server, whose `before` is the last seq
 * before the transaction and whose `after` lists its mutation ids; or `e`: the start of an epoch. It is never empty, so that a number never
 * comes twice, without what AUTOINCREMENT costs.
 * `liveset_replaced`: rows that a statement found in its way, see `captureTriggers`. Its columns have no type, so that
 * they keep the types of the values.
 */
export const logTables: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS liveset_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS liveset_layouts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, columns TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS liveset_changes (seq INTEGER PRIMARY KEY, layout INTEGER NOT NULL, op TEXT NOT NULL, before TEXT, after TEXT, at INTEGER NOT NULL)",
  `CREATE TABLE IF NOT EXISTS liveset_replaced (layout, image, ${keySlots})`,
  "CREATE TABLE IF NOT EXISTS liveset_mutations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, fingerprint TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE INDEX IF NOT EXISTS liveset_mutations_at ON liveset_mutations (at)",
];

/** Takes the tables of capture away, of whatever version. */
export const dropLogTables: readonly string[] = ["meta", "layouts", "changes", "replaced", "mutations"].map(
  (name) => `DROP TABLE IF EXISTS liveset_${name}`,
);
