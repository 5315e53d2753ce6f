import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";

let database: DatabaseSync;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  migrate(database, fileURLToPath(new URL("../migrations", import.meta.url)));
  database.exec(`
    INSERT INTO users VALUES ('ada', 'Ada'), ('ben', 'Ben');
    INSERT INTO lists (id, name, ownerId) VALUES (1, 'shared', NULL), (2, 'Ada''s', 'ada'), (3, 'Ben''s', 'ben');
    CREATE TABLE seen (what TEXT);
    CREATE TRIGGER see_insert AFTER INSERT ON tasks BEGIN
      INSERT INTO seen VALUES ('+' || NEW.id || ':' || ifnull(NEW.ownerId, 'all'));
    END;
    CREATE TRIGGER see_update AFTER UPDATE ON tasks BEGIN
      INSERT INTO seen VALUES (NEW.id || ':' || ifnull(OLD.ownerId, 'all') || '>' || ifnull(NEW.ownerId, 'all'));
    END;`);
});

function owners(): unknown[] {
  return database
    .prepare("SELECT ownerId FROM tasks ORDER BY id")
    .all()
    .map(({ ownerId }) => ownerId);
}

function seen(): unknown[] {
  return database
    .prepare("SELECT what FROM seen")
    .all()
    .map(({ what }) => what);
}

test("a task gets the owner of its list, whatever was written", () => {
  database.exec("INSERT INTO tasks (text, listId) VALUES ('a', 1), ('b', 2), ('c', 3)");
  database.exec("INSERT INTO tasks (text, listId, ownerId) VALUES ('d', 2, 'ben'), ('e', 1, 'ada')");
  expect(owners()).toEqual([null, "ada", "ben", "ada", null]);
});

test("a row with a wrong owner never exists, not even within a transaction: change capture sees each row once", () => {
  database.exec("INSERT INTO tasks (text, listId) VALUES ('a', 2), ('b', 3)");
  database.exec("UPDATE tasks SET listId = 3, done = 1 WHERE id = 1");
  expect(seen()).toEqual(["+1:ada", "+2:ben", "1:ada>ben"]);
});

test("a task that is moved gets its new list's owner and keeps all else", () => {
  database.exec("INSERT INTO tasks (id, text, done, listId) VALUES (70, 'a', 1, 2)");
  database.exec("UPDATE tasks SET listId = 1, text = 'b' WHERE id = 70");
  const row = database.prepare("SELECT * FROM tasks").get();
  expect({ ...row }).toEqual({ id: 70, text: "b", done: 1, listId: 1, ownerId: null });
});

test("a list that is shared, or made private, takes its tasks along", () => {
  database.exec("INSERT INTO tasks (text, listId) VALUES ('a', 2), ('b', 2), ('c', 3)");
  database.exec("UPDATE lists SET ownerId = NULL WHERE id = 2");
  expect(owners()).toEqual([null, null, "ben"]);
  database.exec("UPDATE lists SET ownerId = 'ben'");
  expect(owners()).toEqual(["ben", "ben", "ben"]);
});

test("nobody makes a task another's by hand", () => {
  database.exec("INSERT INTO tasks (text, listId) VALUES ('a', 2)");
  database.exec("UPDATE tasks SET ownerId = 'ben'");
  expect(owners()).toEqual(["ada"]);
});

test("a list without its tasks' foreign keys enforced takes them along too", () => {
  database.exec("INSERT INTO tasks (text, listId) VALUES ('a', 2), ('b', 3)");
  database.exec("PRAGMA foreign_keys = OFF; DELETE FROM lists WHERE id = 2");
  expect(owners()).toEqual(["ben"]);
});

test("what SQLite refuses is still refused", () => {
  database.exec("INSERT INTO tasks (id, text, listId) VALUES (1, 'a', 2)");
  expect(() => database.exec("INSERT INTO tasks (text, listId) VALUES ('b', 99)")).toThrow("FOREIGN KEY");
  expect(() => database.exec("INSERT INTO tasks (id, text, listId) VALUES (1, 'b', 2)")).toThrow("UNIQUE");
  expect(() => database.exec("INSERT INTO tasks (text, listId) VALUES (NULL, 2)")).toThrow("NOT NULL");
  database.exec("INSERT OR REPLACE INTO tasks (id, text, listId) VALUES (1, 'b', 3)");
  expect(owners()).toEqual(["ben"]);
});
