import { expect, test } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { createTasks, gate, override, startFixture, tasksApi } from "./live.fixture.ts";
import { relatedApi, relatedTables } from "./related.fixture.ts";

const list = { resource: "tasks", action: "list", query: { where: { done: false } } } as const;
const window = {
  resource: "tasks",
  action: "list",
  query: { orderBy: { id: "desc" }, limit: 2, total: true },
} as const;

const ids = (client: ReferenceClient, id: string) =>
  client
    .rows(id)
    .map((row) => row.id)
    .toSorted();

const resets = ({ frames }: ReferenceClient) => frames.filter(({ type }) => type === "reset");

test("P1 P4: when the log is lost every open list is sent anew, once for each group, and follows again", async () => {
  const fixture = await startFixture({ api: tasksApi, tables: [createTasks] });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 1), (3, 1)");
  const [one, two] = [await fixture.connect(1), await fixture.connect(1)];
  for (const client of [one, two]) {
    await client.open("a", list);
    await client.open("b", list);
    await client.open("w", window);
  }
  const { epoch, cursor } = fixture.database.feed;
  await fixture.transaction("insert into tasks (id, ownerId) values (4, 1)", "delete from liveset_changes");
  for (const client of [one, two]) {
    await client.until(() => resets(client).length === 2 && client.lists.size === 3);
    expect(resets(client)).toMatchObject([{ reason: "epoch" }, { reason: "epoch" }]);
    expect([ids(client, "a"), ids(client, "b"), ids(client, "w")]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [3, 4],
    ]);
  }
  expect([fixture.database.feed.epoch === epoch, fixture.database.feed.parse(cursor)]).toEqual([false, null]);
  await fixture.run("insert into tasks (id, ownerId) values (5, 1)");
  await one.until(() => ids(one, "w").includes(5));
  expect([ids(one, "a"), ids(one, "w")]).toEqual([
    [1, 2, 3, 4, 5],
    [4, 5],
  ]);
  expect(one.frames.findLast(({ type }) => type === "changes")).toMatchObject({ total: 5 });
});

test("P1 P4: lists that only the database can judge begin anew as well", async () => {
  const fixture = await startFixture({ api: relatedApi, tables: relatedTables });
  await fixture.transaction(
    "insert into lists (id, name, owner_id) values (1, 'l', 7)",
    "insert into tasks (id, text, list_id) values (1, 'a', 1)",
  );
  const client = await fixture.connect(7);
  await client.open("o", { resource: "owned", action: "list" });
  await fixture.transaction(
    "insert into tasks (id, text, list_id) values (2, 'b', 1)",
    "delete from liveset_changes",
  );
  await client.until(() => resets(client).length === 1 && client.lists.size === 1);
  expect(client.rows("o").map(({ text }) => text)).toEqual(["a", "b"]);
  await fixture.run("update lists set owner_id = 8");
  await client.until(() => client.rows("o").length === 0);
});

test("P4: a client that comes back with a cursor of the lost log gets its list anew", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  pair.cut();
  await fixture.transaction("delete from tasks", "delete from liveset_changes");
  await expect.poll(() => fixture.database.feed.parse(client.cursor)).toBeNull();
  const again = await fixture.connect(1, client.leaveBehind());
  await again.open("s", list);
  expect(again.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: false, rows: [] });
});

test("P2 P4: a list that is being opened when the log is lost is read after it, and a write's answer is not held up", async () => {
  const reading = gate();
  let reads = 0;
  const fixture = await startFixture({
    wrap: (database) =>
      override(database, {
        read: async (work) => {
          const done = await database.read(work);
          if (++reads === 1) await reading.opened;
          return done;
        },
      }),
  });
  const client = await fixture.connect(1);
  client.subscribe("s", list);
  await expect.poll(() => reads).toBe(1);
  await fixture.transaction("insert into tasks (id, ownerId) values (1, 1)", "delete from liveset_changes");
  await client.until(() => client.lists.has("s"));
  reading.open();
  const data = { id: 2, text: "after", ownerId: 1 };
  await client.request("r", { resource: "tasks", action: "create", data });
  expect([ids(client, "s"), resets(client)]).toEqual([[1, 2], []]);
});
