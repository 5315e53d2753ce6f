import { expect, test } from "vitest";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

test("P5, P9: another principal's lists come as a difference; the old one's rows are told no more", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'of one', 1), (2, 'of two', 2)");
  const client = await fixture.connect(1);
  await client.open("s", list);
  client.send({ type: "auth", token: "2" });
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 2);
  await fixture.run("update tasks set text = text || '!'");
  await client.ping();
  expect(client.frames.slice(2)).toMatchObject([
    { type: "welcome" },
    { type: "subscribed", id: "s", resumed: true },
    { type: "changes", enter: [{ id: 2, text: "of two" }], leave: ["1"] },
    { type: "commit" },
    { type: "changes", update: [{ id: 2, text: "of two!" }] },
    { type: "commit" },
    { type: "pong" },
  ]);
  expect(fixture.server.stats()).toEqual({ connections: 1, subscriptions: 1, opening: 0, groups: 1 });
});

test("a new token of the same principal changes nothing that is open", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  await client.open("s", list);
  client.send({ type: "auth", token: "1" });
  await client.ping();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  await client.until(() => client.rows("s").length === 1);
  expect(client.frames.map(({ type }) => type)).not.toContain("reset");
  expect(client.frames.filter(({ type }) => type === "welcome")).toHaveLength(2);
});

test("an empty token signs out, whatever cookie or query came with the handshake", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, null)");
  const client = await fixture.connect(1);
  await client.open("s", list);
  client.send({ type: "auth", token: "" });
  await client.until(() => client.frames.at(-1)?.type === "commit");
  expect(client.rows("s").map(({ id }) => id)).toEqual([2]);
});

test("what is asked behind auth is done for the new principal, what was asked before for the old one", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2)");
  const client = await fixture.connect(1);
  const retrieve = { resource: "tasks", action: "retrieve" };
  const before = client.request("before", { ...retrieve, key: 1 });
  client.subscribe("s", list);
  client.send({ type: "auth", token: "2" });
  client.subscribe("t", list);
  const after = client.request("after", { ...retrieve, key: 2 });
  await expect(before).resolves.toMatchObject({ status: 200 });
  await expect(after).resolves.toMatchObject({ status: 200 });
  await client.until(() => client.lists.size === 2);
  expect(client.rows("s").map(({ id }) => id)).toEqual([2]);
  expect(client.rows("t").map(({ id }) => id)).toEqual([2]);
});

test("lists that share a group move together, with one difference", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2)");
  const client = await fixture.connect(1);
  await client.open("s", list);
  await client.open("t", { ...list, query: { orderBy: { text: "desc" } } });
  client.send({ type: "auth", token: "2" });
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 4);
  await client.ping();
  expect(client.frames.slice(-5)).toMatchObject([
    { type: "subscribed", id: "s", resumed: true },
    { type: "subscribed", id: "t", resumed: true },
    { type: "changes", enter: [{ id: 2 }], leave: ["1"] },
    { type: "commit" },
    { type: "pong" },
  ]);
});

test("a token that authenticate refuses is an error, and the principal stays", async () => {
  const fixture = await startFixture({
    authenticate: (request) => {
      if (request.headers.get("authorization") === "Bearer bad") throw new LivesetError("unauthenticated");
      return { id: 1 };
    },
  });
  const client = await fixture.connect();
  await client.open("s", list);
  client.send({ type: "auth", token: "bad" });
  await client.until(() => client.errors.has(""));
  expect(client.errors.get("")?.code).toBe("unauthenticated");
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  await client.until(() => client.rows("s").length === 1);
});
