import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { gate, override, startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const cursor = expect.any(String);

test("every operation is answered over the socket as over REST", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  const tasks = { resource: "tasks" };
  const row = { id: 1, text: "Milk", done: false, ownerId: 1 };
  const created = await client.request("1", { ...tasks, action: "create", data: row });
  expect(created).toEqual({
    type: "response",
    id: "1",
    status: 201,
    data: row,
    cursor,
    etag: expect.any(String),
  });
  expect(await client.request("2", { ...tasks, action: "retrieve", key: 1 })).toMatchObject({
    status: 200,
    data: row,
  });
  expect(await client.request("3", { ...tasks, action: "list" })).toMatchObject({
    data: { count: 1, results: [row] },
  });
  const etag = created.etag ?? "";
  const patched = await client.request("4", {
    ...tasks,
    action: "patch",
    key: 1,
    data: { done: true },
    ifMatch: etag,
  });
  expect(patched).toMatchObject({ status: 200, data: { done: true } });
  await expect(
    client.request("5", { ...tasks, action: "patch", key: 1, data: { done: false }, ifMatch: etag }),
  ).rejects.toMatchObject({ code: "precondition_failed" });
  expect(await client.request("6", { ...tasks, action: "delete", key: 1 })).toMatchObject({
    status: 204,
    data: null,
  });
  await expect(client.request("7", { ...tasks, action: "retrieve", key: 1 })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(client.request("8", { ...tasks, action: "nothing" })).rejects.toMatchObject({
    status: expect.any(Number),
  });
});

test("P6: a write's answer comes after its transaction's frames, and the commit names the mutation to its author alone", async () => {
  const fixture = await startFixture();
  const author = await fixture.connect(1);
  const other = await fixture.connect(1);
  await author.open("s", list);
  await other.open("s", list);
  await author.request("r", { ...list, action: "create", data: { id: 1, ownerId: 1 }, mutation: "m" });
  await Promise.all([author.ping(), other.ping()]);
  expect(author.frames.slice(2)).toMatchObject([
    { type: "changes", enter: [{ id: 1 }] },
    { type: "commit", mutations: ["m"] },
    { type: "response", id: "r" },
    { type: "pong" },
  ]);
  expect(other.frames[3]).toEqual({ type: "commit", cursor });
});

test("P6: the author of a write that none of its lists shows hears its commit all the same", async () => {
  const fixture = await startFixture();
  const author = await fixture.connect(1);
  await author.request("r", { ...list, action: "create", data: { id: 1, ownerId: 1 }, mutation: "m" });
  expect(author.frames.slice(1)).toMatchObject([
    { type: "commit", mutations: ["m"] },
    { type: "response", id: "r" },
  ]);
});

test("P6: a mutation that is repeated is applied once and answered alike, without a commit", async () => {
  const fixture = await startFixture();
  const create = { ...list, action: "create", data: { text: "Milk", ownerId: 1 }, mutation: "m" };
  const { client, pair } = await fixture.connectPair(1);
  const first = await client.request("r", create);
  pair.cut();
  const again = await fixture.connect(1);
  const second = await again.request("q", create);
  await again.ping();
  expect({ ...second, id: "r" }).toEqual(first);
  expect(again.frames.map(({ type }) => type)).toEqual(["welcome", "response", "pong"]);
  const { value } = await fixture.database.read((db) => db.all(sql.raw("select id from tasks")));
  expect(value).toHaveLength(1);
  await expect(again.request("x", { ...create, data: { text: "Tea" } })).rejects.toMatchObject({
    code: "mutation_reused",
  });
});

test("P6: the writes of one connection are executed in the order in which they came", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  await client.request("0", { ...list, action: "create", data: { id: 1, ownerId: 1, text: "" } });
  const writes = Array.from({ length: 30 }, (_, i) =>
    client.request(`w${i}`, { ...list, action: "patch", key: 1, data: { text: `${i}` } }),
  );
  await Promise.all(writes);
  expect((await client.request("r", { ...list, action: "retrieve", key: 1 })).data).toMatchObject({
    text: "29",
  });
  const answered = client.frames.flatMap((frame) => (frame.type === "response" ? [frame.id] : []));
  expect(answered.slice(1, 31)).toEqual(writes.map((_, i) => `w${i}`));
});

test("a write that fails does not keep those behind it", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  const bad = client.request("bad", { ...list, action: "create", data: { id: "no number" } });
  const good = client.request("good", { ...list, action: "create", data: { id: 1, ownerId: 1 } });
  await expect(bad).rejects.toMatchObject({ code: "invalid" });
  await expect(good).resolves.toMatchObject({ status: 201 });
});

test("requests beyond those that may be under way wait unread, and what comes behind them waits too", async () => {
  const open = gate();
  const reads = { underWay: 0, most: 0 };
  const fixture = await startFixture({
    limits: { requestsInFlight: 2 },
    wrap: (database) =>
      override(database, {
        write: async (work, mutation) => {
          reads.most = Math.max(reads.most, ++reads.underWay);
          await open.opened;
          return database.write(work, mutation).finally(() => reads.underWay--);
        },
      }),
  });
  const [client, other] = [await fixture.connect(1), await fixture.connect(1)];
  const create = (id: number) =>
    client.request(`r${id}`, { ...list, action: "create", data: { id, ownerId: 1 } });
  const requests = [1, 2, 3, 4].map(create);
  const subscribed = client.open("s", list);
  await client.ping();
  await other.open("s", list);
  expect(client.lists.size).toBe(0);
  open.open();
  await Promise.all(requests);
  expect((await subscribed).rows.size).toBeGreaterThanOrEqual(2);
  expect(reads.most).toBe(1);
});
