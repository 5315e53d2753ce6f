import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { netChanges } from "../../../../server/feed/net-changes.ts";
import { quiet } from "../../../../testing/database/quiet.ts";
import type { LogRow } from "../../../feed/log-row.ts";
import { inspectTable } from "../../../table/inspect-table.ts";
import { Connection } from "../connection.ts";
import { decodeRow } from "./decode-row.ts";
import { installCapture } from "./install-capture.ts";

// Whatever statements run, the net changes in the log are the difference between the tables before and after.

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const items = sqliteTable("items", {
  id: integer().primaryKey(),
  name: text(),
  code: text(),
  any: text(),
  twice: text(),
});
const slots = sqliteTable(
  "slots",
  { x: text(), y: integer(), z: text(), item: integer(), live: integer() },
  (table) => [primaryKey({ columns: [table.x, table.y] })],
);
const loose = sqliteTable("loose", { tag: text().primaryKey(), item: integer() });

const schema = `
  CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, code TEXT, hidden, any, stamp,
    twice TEXT GENERATED ALWAYS AS (code || code) VIRTUAL UNIQUE);
  CREATE UNIQUE INDEX items_hidden ON items (hidden);
  CREATE TABLE slots (x TEXT NOT NULL, y INTEGER NOT NULL, z TEXT, item INTEGER REFERENCES items ON DELETE CASCADE ON UPDATE CASCADE, live INTEGER,
    PRIMARY KEY (x, y)) WITHOUT ROWID;
  CREATE UNIQUE INDEX slots_z ON slots (z) WHERE live = 1;
  CREATE TABLE loose (tag TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, item INTEGER REFERENCES items ON DELETE SET NULL);
  CREATE TRIGGER items_any AFTER INSERT ON items WHEN NEW.any = 'now' BEGIN
    UPDATE items SET any = 'then' WHERE id = NEW.id; INSERT OR REPLACE INTO loose (tag, item) VALUES (NEW.name, NEW.id); END;
  CREATE TRIGGER loose_gone BEFORE DELETE ON loose WHEN OLD.tag = 'c' BEGIN UPDATE items SET code = 'gone' WHERE id = 1; END;
`;

const policy = fc.constantFrom("", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ABORT");
const id = fc.integer({ min: 1, max: 4 }).map(String);
const word = fc.constantFrom("'a'", "'A'", "'b'", "'c'", "NULL", "'1'", "1", "'now'");
const live = fc.constantFrom("0", "1", "NULL");
const value = {
  id,
  name: word,
  code: word,
  hidden: word,
  any: word,
  x: word,
  y: id,
  z: word,
  item: fc.oneof(id, fc.constant("NULL")),
  live,
  tag: word,
};
type Name = keyof typeof value;

const columnsOf: { readonly [table: string]: readonly Name[] } = {
  items: ["id", "name", "code", "hidden", "any"],
  slots: ["x", "y", "z", "item", "live"],
  loose: ["tag", "item"],
};
const table = fc.constantFrom("items", "slots", "loose");

const assignment = (name: string) =>
  fc
    .constantFrom(...(columnsOf[name] ?? []))
    .chain((column) => value[column].map((sql) => [column, sql] as const));
const condition = (name: string) =>
  fc.oneof(
    fc.constant("1"),
    assignment(name).map(([column, sql]) => `${column} IS ${sql}`),
  );
const values = (name: string) => fc.tuple(...(columnsOf[name] ?? []).map((column) => value[column]));
const sets = (name: string) =>
  fc
    .uniqueArray(assignment(name), { minLength: 1, maxLength: 3, selector: ([column]) => column })
    .map((list) => list.map((pair) => pair.join(" = ")).join(", "));

const statement = table.chain((name) =>
  fc.oneof(
    fc
      .tuple(policy, fc.array(values(name), { minLength: 1, maxLength: 3 }))
      .map(
        ([or, rows]) =>
          `INSERT ${or} INTO ${name} (${columnsOf[name]}) VALUES ${rows.map((row) => `(${row})`)}`,
      ),
    fc
      .tuple(values(name), sets(name))
      .map(
        ([row, set]) =>
          `INSERT INTO ${name} (${columnsOf[name]}) VALUES (${row}) ON CONFLICT DO UPDATE SET ${set}`,
      ),
    fc
      .tuple(policy, sets(name), condition(name))
      .map(([or, set, where]) => `UPDATE ${or} ${name} SET ${set} WHERE ${where}`),
    condition(name).map((where) => `DELETE FROM ${name} WHERE ${where}`),
    fc.constantFrom(
      "UPDATE items SET id = id + 1",
      "UPDATE OR REPLACE items SET id = id + 1",
      "UPDATE OR REPLACE slots SET y = 1",
      "UPDATE items SET any = any",
    ),
    fc.constantFrom("SAVEPOINT s", "ROLLBACK TO s", "RELEASE s"),
  ),
);
const transactions = fc.array(
  fc.record({ statements: fc.array(statement, { minLength: 1, maxLength: 6 }), commit: fc.boolean() }),
  { minLength: 1, maxLength: 5 },
);

function prepare(recursive: boolean) {
  const connection = new Connection(":memory:", { readOnly: false, setUp: [schema], timeout: 0 });
  connection.exec(`PRAGMA recursive_triggers = ${recursive ? 1 : 0}`);
  const infos = [items, slots, loose].map(inspectTable);
  return { connection, ...installCapture(connection, infos, { casing: undefined, log: quiet }) };
}

function contents(connection: Connection): Map<string, string> {
  const rows = new Map<string, string>();
  const read = (name: string, columns: readonly string[], keys: number): void => {
    for (const row of connection.all(`SELECT ${columns} FROM ${name}`))
      rows.set(`${name} ${JSON.stringify(row.slice(0, keys))}`, JSON.stringify(row));
  };
  read("items", ["id", "name", "code", "any", "twice"], 1);
  read("slots", ["x", "y", "z", "item", "live"], 2);
  read("loose", ["tag", "item"], 1);
  return rows;
}

function difference(before: Map<string, string>, after: Map<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: ${before.get(key)} > ${after.get(key)}`)
    .sort();
}

function logged(
  connection: Connection,
  after: number,
  nameOf: (layout: number) => string,
  keysOf: (layout: number) => number,
): string[] {
  const rows = connection.all(
    "SELECT seq, layout, op, before, after, at FROM liveset_changes WHERE seq > ? ORDER BY seq",
    after,
  );
  const log = rows.map(
    ([seq, layout, op, was, is, at]) =>
      ({ seq, layout, op, before: was, after: is, at }) as unknown as LogRow,
  );
  const keyOf = (layout: number, image: string): string =>
    JSON.stringify(decodeRow(image).slice(0, keysOf(layout)));
  return netChanges(log, keyOf)
    .map(({ layout, before, after: is }) => {
      const shown = (image: string | null): string | undefined =>
        image === null ? undefined : JSON.stringify(decodeRow(image));
      const image = before ?? is ?? "[]";
      return `${nameOf(layout)} ${keyOf(layout, image)}: ${shown(before)} > ${shown(is)}`;
    })
    .sort();
}

test.each([false, true])(
  "Net changes are exactly the difference, whatever ran (recursive triggers: %s)",
  (recursive) => {
    fc.assert(
      fc.property(transactions, (history) => {
        const { connection, layouts } = prepare(recursive);
        const nameOf = (layout: number): string => layouts.get(layout)?.name ?? "";
        const keysOf = (layout: number): number => layouts.get(layout)?.key.length ?? 0;
        try {
          for (const { statements, commit } of history) {
            const before = contents(connection);
            const [seq] = connection.get("SELECT max(seq) FROM liveset_changes");
            connection.exec("BEGIN");
            for (const sql of statements) run(connection, sql);
            if (connection.inTransaction) connection.exec(commit ? "COMMIT" : "ROLLBACK");
            const ran = statements.join(";\n");
            expect(logged(connection, Number(seq), nameOf, keysOf), ran).toEqual(
              difference(before, contents(connection)),
            );
          }
        } finally {
          connection.close();
        }
      }),
      { numRuns: 300 * soak },
    );
  },
  60_000 * soak,
);

/** Statements may fail: what they leave then is as right. */
function run(connection: Connection, sql: string): void {
  try {
    connection.exec(sql);
  } catch {
    // What a failed statement leaves is what is tested.
  }
}
