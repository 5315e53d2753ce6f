import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { shorts } from "../../../testing/database/rows.ts";
import { makeFile, openSqlite, outside } from "./open-sqlite.fixture.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

const { people, pets } = suiteTables;
const tables = [people, pets];
const hasProgram = spawnSync("sqlite3", ["--version"]).status === 0;

test("A commit of another process is heard within 50 ms", async ({ annotate }) => {
  const path = makeFile(suiteSql);
  const { database } = await openSqlite(path, tables);
  const waits: number[] = [];
  let written = 0;
  database.feed.listen(({ changes }) => {
    for (const { after } of changes)
      if (after !== null) waits.push(performance.timeOrigin + performance.now() - Number(after.age) / 1_000);
  });
  // Each row holds the moment of its commit, on the clock that all processes share.
  const writer = spawn(process.execPath, ["-e", writerProgram, path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  writer.once("exit", () => (written = 20));
  await vi.waitFor(() => expect([written, waits.length]).toEqual([20, 20]), { timeout: 20_000 });
  waits.sort((a, b) => a - b);
  const median = waits[10] ?? Number.NaN;
  await annotate(`median ${median.toFixed(1)} ms, longest ${waits.at(-1)?.toFixed(1)} ms`);
  expect(median, `median wait of ${waits.map((wait) => wait.toFixed(1))} ms`).toBeLessThan(50);
});

const writerProgram = `
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
  const insert = database.prepare("INSERT INTO people (name, age) VALUES (?, ?)");
  let n = 0;
  const timer = setInterval(() => {
    insert.run("p" + n, BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)));
    if (++n === 20) clearInterval(timer);
  }, 37);
`;

test.runIf(hasProgram)(
  "The sqlite3 program's REPLACE, upserts, cascades and rollbacks are heard exactly",
  async () => {
    const path = makeFile(
      `${suiteSql} INSERT INTO people (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO pets VALUES (7, 1, 'cat');`,
    );
    const { heard } = await openSqlite(path, tables);
    const input = `
    PRAGMA foreign_keys = ON;
    INSERT OR REPLACE INTO people (id, name, age) VALUES (2, 'c', 5);
    BEGIN; DELETE FROM people; ROLLBACK;
    BEGIN; INSERT INTO people (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET age = 1;
    SAVEPOINT s; DELETE FROM people WHERE id = 1; ROLLBACK TO s; UPDATE people SET id = 9 WHERE id = 2; COMMIT;
    INSERT OR IGNORE INTO people (id, name) VALUES (1, 'x');
    DELETE FROM people WHERE id = 1;
  `;
    const program = spawn("sqlite3", [path], { stdio: ["pipe", "inherit", "inherit"] });
    program.stdin.end(input);
    await once(program, "exit");
    await vi.waitFor(() => expect(heard.flatMap(({ changes }) => changes)).not.toEqual([]));
    // Commits between two looks come as one transaction, so only the sum is certain: a row may be in several.
    await vi.waitFor(() =>
      expect(final(shorts(heard).flat())).toEqual([
        "people - 1",
        "people - 2",
        "people - 3",
        "people 9 c 5",
        "pets - 7",
      ]),
    );
  },
);

/** What became of each row that was heard of. */
function final(changes: readonly string[]): string[] {
  const rows = new Map<string, string>();
  for (const change of changes) {
    const [table = "", ...rest] = change.split(" ");
    const [id = "", ...values] = (rest.join(" ").split("> ").at(-1) ?? "")
      .replace(/^\+ /, "")
      .replace(/^- /, "")
      .split(" ");
    rows.set(`${table} ${id}`, rest[0] === "-" ? `${table} - ${id}` : [table, id, ...values].join(" "));
  }
  return [...rows.values()].sort();
}

test("REPLACE of a second connection gives the rows it removed, with recursive triggers or without", async () => {
  for (const recursive of [0, 1]) {
    const path = makeFile(`${suiteSql} INSERT INTO people (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');`);
    const { heard } = await openSqlite(path, tables);
    const other = outside(path);
    other.exec(`PRAGMA recursive_triggers = ${recursive}`);
    other.exec("INSERT OR REPLACE INTO people (id, name, age) VALUES (1, 'b', 4)");
    await vi.waitFor(() => expect(heard.length).toBe(1));
    expect(shorts(heard)[0]?.toSorted()).toEqual(["people - 2 b ", "people 1 a  > 1 b 4"]);
    other.exec("UPDATE OR REPLACE people SET id = 3 WHERE id = 1");
    await vi.waitFor(() => expect(heard.length).toBe(2));
    expect(shorts(heard)[1]?.toSorted()).toEqual(["people - 1 b 4", "people 3 c  > 3 b 4"]);
  }
});

test("A write waits for another process without holding up this one", async () => {
  const path = makeFile(suiteSql);
  const { database, heard } = await openSqlite(path, tables);
  const other = outside(path);
  other.exec("BEGIN IMMEDIATE; INSERT INTO people (id, name) VALUES (1, 'theirs')");
  let done = false;
  const ours = database.db.run("INSERT INTO people (id, name) VALUES (2, 'ours')").then(() => (done = true));
  let turns = 0;
  await new Promise<void>((resolve) => {
    const turn = (): void => (++turns < 50 ? void setTimeout(turn, 1) : resolve());
    turn();
  });
  expect([done, (await database.db.all("SELECT * FROM people")).length]).toEqual([false, 0]);
  other.exec("COMMIT");
  await ours;
  expect(shorts(heard)).toEqual([["people + 1 theirs "], ["people + 2 ours "]]);
});

test("A write that waited too long fails with `unavailable`, and the next one is not harmed", async () => {
  const path = makeFile(suiteSql);
  const { database } = await openSqlite(path, tables, { busyTimeout: 30 });
  const other = outside(path);
  other.exec("BEGIN IMMEDIATE");
  const thrown: unknown = await database.write(async () => null).catch((error: unknown) => error);
  expect(database.toError(thrown)?.code).toBe("unavailable");
  other.exec("COMMIT");
  expect((await database.write(async () => 1)).value).toBe(1);
});

test("Two servers on one file hear each other's transactions with their borders and mutations", async () => {
  const path = makeFile(suiteSql);
  const [one, two] = [await openSqlite(path, tables), await openSqlite(path, tables)];
  expect(two.database.feed.epoch).toBe(one.database.feed.epoch);
  for (let i = 0; i < 10; i++) {
    const { database } = i % 3 === 0 ? two : one;
    const mutation = { id: `m${i}`, owner: "", fingerprint: "" };
    await database.write(async (db) => {
      await db.run(`INSERT INTO people (id, name) VALUES (${i}, 'p${i}')`);
      return null;
    }, mutation);
  }
  await vi.waitFor(() => expect([one.heard.length, two.heard.length]).toEqual([10, 10]));
  expect(two.heard).toEqual(one.heard);
  expect(one.heard.map(({ mutations }) => mutations[0])).toEqual(
    Array.from({ length: 10 }, (_, i) => `m${i}`),
  );
});
