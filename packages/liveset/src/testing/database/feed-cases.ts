import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import { inspectTable } from "../../server/table/inspect-table.ts";
import { eventually, same } from "./checks.ts";
import { connect, type DatabaseCase } from "./harness.ts";
import { quiet } from "./quiet.ts";
import { insert, rowsOf, shorts, update } from "./rows.ts";

/** The feed: order, cursors, replay. */
export const feedCases: readonly DatabaseCase[] = [
  {
    title: "P3: what others write is heard whole and in order, between our own",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" });
      await harness.outside([
        "insert into people (id, name) values (2, 'b')",
        "update people set age = 1 where id = 1",
      ]);
      await insert(database.db, people, { id: 3, name: "c" });
      await harness.outside(["delete from people where id = 2"]);
      await eventually(() => same(heard.length, 4));
      same(shorts(heard), [
        ["people + 1 a "],
        ["people + 2 b ", "people 1 a  > 1 a 1"],
        ["people + 3 c "],
        ["people - 2 b "],
      ]);
    },
  },
  {
    title: "P4: reading the log gives what listeners were given, from any cursor to any later one",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const start = database.feed.cursor;
      await insert(database.db, people, { id: 1, name: "a" });
      await database.write((db) => update(db, people, { id: 1 }, { age: 2 }).then(() => null), mutation);
      await harness.outside(["update people set name = 'z'"]);
      await eventually(() => same(heard.length, 3));
      const cursors = [start, ...heard.map(({ cursor }) => cursor)];
      for (let from = 0; from < cursors.length; from++)
        for (let to = from; to < cursors.length; to++)
          same(
            await database.feed.read(at(cursors, from), at(cursors, to)),
            heard.slice(from, to),
            `stretch ${from} to ${to}`,
          );
    },
  },
  {
    title: "P4: cursors are ordered, come back as text, and foreign ones are refused",
    run: async ({ database, harness }) => {
      const { feed } = database;
      const { people } = harness.tables;
      const start = feed.cursor;
      await insert(database.db, people, { id: 1, name: "a" });
      same([feed.compare(start, feed.cursor) < 0, feed.compare(feed.cursor, feed.cursor)], [true, 0]);
      same([await feed.parse(String(start)), await feed.parse(String(feed.cursor))], [start, feed.cursor]);
      const { cursor } = feed;
      for (const text of [
        "",
        "x",
        `${cursor}0`,
        ` ${cursor}`,
        String(cursor).toUpperCase(),
        String(cursor).replace(/^[^-]+/, (epoch) => "0".repeat(epoch.length)),
      ])
        same(await feed.parse(text), null, `cursor of "${text}"`);
    },
  },
  {
    title: "P4: a database that is opened again goes on where it was, and tells what happened meanwhile",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" });
      const { epoch, cursor } = database.feed;
      await database.close();
      await harness.outside(["insert into people (id, name) values (2, 'b')"]);
      const again = connect(harness);
      await again.open({ tables: Object.values(harness.tables).map(inspectTable), log: quiet });
      try {
        const since = await again.feed.parse(cursor);
        same([again.feed.epoch, since], [epoch, cursor]);
        same(shorts((await again.feed.read(cursor, again.feed.cursor)) ?? []), [["people + 2 b "]]);
      } finally {
        await again.close();
      }
    },
  },
  {
    title:
      "P4: a log that is lost begins a new epoch while the server runs: listeners are told, and nothing after it is missing",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const { feed } = database;
      await insert(database.db, people, { id: 1, name: "a" });
      const { epoch, cursor } = feed;
      const begun: Cursor[] = [];
      feed.listen(() => {}, { lost: () => begun.push(feed.cursor) });
      await harness.loseLog();
      await harness.outside(["insert into people (id, name) values (2, 'b')"]);
      await eventually(() => same(begun.length, 1, "times that it was lost"));
      same([feed.epoch === epoch, await feed.parse(cursor)], [false, null], "old epoch");
      same([feed.compare(cursor, feed.cursor) < 0, await feed.read(cursor, feed.cursor)], [true, null]);
      const { value, cursor: seen } = await database.read((db) => rowsOf(db, people));
      same(
        value.map(({ id }) => id),
        [1, 2],
      );
      same(feed.compare(seen, at(begun, 0)) >= 0, true, "position of a read");
      const before = heard.length;
      await insert(database.db, people, { id: 3, name: "c" });
      same(shorts(heard.slice(before)), [["people + 3 c "]]);
      same([begun.length, await feed.parse(feed.cursor)], [1, feed.cursor]);
    },
  },
  {
    title: "P4: a log that was lost while no server ran refuses its cursors, and nothing is missing",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" });
      const { cursor } = database.feed;
      await database.close();
      await harness.loseLog();
      await harness.outside(["insert into people (id, name) values (2, 'b')"]);
      const again = connect(harness);
      await again.open({ tables: Object.values(harness.tables).map(inspectTable), log: quiet });
      try {
        same(await again.feed.parse(cursor), null, "cursor of the lost log");
        const { value } = await again.read((db) => rowsOf(db, people));
        same(
          value.map(({ id }) => id),
          [1, 2],
        );
      } finally {
        await again.close();
      }
    },
  },
  {
    title: "A listener hears until it leaves, and one that throws harms no other",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const others: Transaction[] = [];
      const leaveFailing = database.feed.listen(() => {
        throw new Error("listener");
      });
      const leave = database.feed.listen((transaction) => others.push(transaction));
      await insert(database.db, people, { id: 1, name: "a" });
      leave();
      leaveFailing();
      await insert(database.db, people, { id: 2, name: "b" });
      same([others.length, heard.length], [1, 2]);
    },
  },
  {
    title: "P3: a listener that reads or writes does not disturb the order",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const order: string[] = [];
      const work: Promise<unknown>[] = [];
      database.feed.listen(({ changes }) => {
        order.push(String(changes[0]?.after?.id));
        if (order.length > 1) return;
        work.push(
          database.read(async () => null),
          insert(database.db, people, { id: 2, name: "b" }),
        );
      });
      await insert(database.db, people, { id: 1, name: "a" });
      await Promise.all(work);
      same([order, heard.length], [["1", "2"], 2]);
    },
  },
];

const mutation = { id: "m", owner: "", fingerprint: "f" };

function at(cursors: readonly Cursor[], index: number): Cursor {
  const cursor = cursors[index];
  if (cursor === undefined) throw new RangeError(String(index));
  return cursor;
}
