import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { gate, overrideLog, startFixture, tasks } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list", query: { where: { done: false } } } as const;
const cursor = expect.any(String);

async function leftBehind(seed = "insert into tasks (id, text, ownerId) values (1, 'a', 1), (2, 'b', 1)") {
  const fixture = await startFixture();
  await fixture.run(seed);
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  return { fixture, client, pair };
}

test("P4: a client that missed nothing is resumed with nothing, before any change was ever made", async () => {
  const fixture = await startFixture();
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("s", list);
  await again.ping();
  expect(again.frames.slice(1)).toMatchObject([
    { type: "subscribed", id: "s", resumed: true },
    { type: "commit" },
    { type: "pong" },
  ]);
  expect(again.frames[1]).not.toHaveProperty("rows");
});

test("P4: a resumed client is sent exactly what it missed, in one commit", async () => {
  const { fixture, client, pair } = await leftBehind(
    "insert into tasks (id, text, ownerId) values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)",
  );
  await fixture.run("update tasks set text = 'seen' where id = 1");
  await client.ping();
  pair.cut();
  await fixture.run(
    "insert into tasks (id, text, ownerId) values (4, 'new', 1), (5, 'flash', 1), (6, 'not mine', 2)",
  );
  await fixture.run("update tasks set text = 'once' where id = 1");
  await fixture.run("update tasks set text = 'twice' where id = 1");
  await fixture.run("update tasks set done = 1 where id = 2");
  await fixture.run("delete from tasks where id = 5");
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("s", list);
  await again.ping();
  const [, subscribed, ...rest] = again.frames;
  const group = subscribed?.type === "subscribed" ? subscribed.group : 0;
  expect(subscribed).toMatchObject({
    type: "subscribed",
    resumed: true,
    cursor: fixture.database.feed.cursor,
  });
  const row = { done: false, ownerId: 1 };
  expect(rest).toEqual([
    {
      type: "changes",
      group,
      cursor,
      enter: [{ ...row, id: 4, text: "new" }],
      update: [{ ...row, id: 1, text: "twice" }],
      leave: ["2"],
    },
    { type: "commit", cursor },
    { type: "pong", cursor },
  ]);
  expect(
    again
      .rows("s")
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([1, 3, 4]);
});

test("P4: what happens while the log is read is part of what was missed", async () => {
  const reading = gate();
  const fixture = await startFixture({
    wrap: (database) =>
      overrideLog(database, (feed) => async (after, upTo) => {
        const transactions = await feed.read(after, upTo);
        await reading.opened;
        return transactions;
      }),
  });
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'a', 1), (2, 'b', 1)");
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  await fixture.run("update tasks set text = 'missed'");
  const again = await fixture.connect(1, client.leaveBehind());
  again.subscribe("s", list);
  await expect.poll(() => fixture.server.stats().groups).toBe(1);
  await fixture.run("update tasks set text = 'meanwhile' where id = 1");
  await fixture.run("delete from tasks where id = 2");
  await fixture.run("insert into tasks (id, text, ownerId) values (3, 'also', 1)");
  reading.open();
  await again.until(() => again.lists.size === 1);
  await again.ping();
  expect(again.frames.slice(1)).toMatchObject([
    { type: "subscribed", resumed: true },
    { type: "changes", enter: [{ id: 3 }], update: [{ id: 1, text: "meanwhile" }], leave: ["2"] },
    { type: "commit" },
    { type: "pong" },
  ]);
});

test.each([
  [
    "another epoch's cursor",
    (since: { cursor: string; plan: string }) => ({ ...since, cursor: `x${since.cursor}` }),
  ],
  [
    "a cursor of the future",
    (since: { cursor: string; plan: string }) => ({ ...since, cursor: `${since.cursor}99999` }),
  ],
  ["no cursor at all", (since: { cursor: string; plan: string }) => ({ ...since, cursor: "" })],
  ["another plan", (since: { cursor: string; plan: string }) => ({ ...since, plan: `${since.plan}x` })],
])("P4: %s brings all rows anew", async (_, alter) => {
  const { fixture, client, pair } = await leftBehind();
  pair.cut();
  const left = client.leaveBehind();
  const before = left.get("s");
  if (before !== undefined) left.set("s", { ...before, since: alter(before.since) });
  const again = await fixture.connect(1, left);
  await again.open("s", list);
  expect(again.frames[1]).toMatchObject({ type: "subscribed", resumed: false, rows: [{ id: 1 }, { id: 2 }] });
});

test("P4: a position that was pruned brings all rows anew", async () => {
  const fixture = await startFixture({
    wrap: (database) => overrideLog(database, () => async () => null),
  });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  await fixture.run("insert into tasks (id, ownerId) values (2, 1)");
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("s", list);
  expect(again.frames[1]).toMatchObject({ resumed: false, rows: [{ id: 1 }, { id: 2 }] });
  await fixture.run("insert into tasks (id, ownerId) values (3, 1)");
  await again.ping();
  expect(again.rows("s")).toHaveLength(3);
});

test("P4, P5: another principal's position brings that principal's own rows", async () => {
  const { fixture, client, pair } = await leftBehind();
  pair.cut();
  const again = await fixture.connect(2, client.leaveBehind());
  await again.open("s", list);
  expect(again.frames[1]).toMatchObject({ resumed: false, rows: [] });
});

test("P4, P5: the same principal whose scope became another one while it was away gets the rows of the new scope alone", async () => {
  let level = 1;
  const fixture = await startFixture({
    api: defineApi({
      tasks: resource(tasks, { scope: () => ({ ownerId: { lte: level } }), filters: ["done"] }),
    }),
  });
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'low', 1), (2, 'high', 2)");
  level = 2;
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  level = 1;
  await fixture.run("update tasks set text = 'of above' where id = 2");
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("s", list);
  await fixture.run("update tasks set text = 'of above again' where id = 2");
  await again.ping();
  expect(again.frames.slice(1)).toMatchObject([
    { type: "subscribed", resumed: false, rows: [{ id: 1, text: "low" }] },
    { type: "pong" },
  ]);
  expect(JSON.stringify(again.frames)).not.toContain("of above");
  // And back: what it left behind under the wider scope is continued only under that one.
  level = 2;
  const third = await fixture.connect(1, again.leaveBehind());
  await third.open("s", list);
  expect(third.frames[1]).toMatchObject({
    resumed: false,
    rows: [{ id: 1 }, { id: 2, text: "of above again" }],
  });
});

test("P4: one row that went away meanwhile leaves", async () => {
  const { fixture } = await leftBehind();
  const retrieve = { resource: "tasks", action: "retrieve", key: 1 } as const;
  const { client, pair } = await fixture.connectPair(1);
  await client.open("one", retrieve);
  pair.cut();
  await fixture.run("delete from tasks where id = 1");
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("one", retrieve);
  await again.ping();
  expect(again.frames.slice(1)).toMatchObject([
    { type: "subscribed", resumed: true },
    { type: "changes", leave: ["1"] },
    { type: "commit" },
    { type: "pong" },
  ]);
});

test("P4: a resource that shows other fields than before brings all rows anew", async () => {
  const items = sqliteTable("items", { id: integer().primaryKey(), a: integer(), b: integer() });
  const tables = ["create table items (id integer primary key, a integer, b integer)"];
  const ask = { resource: "items", action: "list" } as const;
  const plans = await Promise.all(
    [["a"] as const, ["a", "b"] as const].map(async (fields) => {
      const fixture = await startFixture({
        api: defineApi({ items: resource(items, { fields: [...fields] }) }),
        tables,
      });
      const client = await fixture.connect();
      return (await client.open("s", ask)).plan;
    }),
  );
  expect(new Set(plans).size).toBe(2);
});
