import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { z } from "zod";
import type { LeftBehind, ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, type FixtureOptions, gate, startFixture } from "./live.fixture.ts";

const papers = sqliteTable("papers", {
  id: integer().primaryKey(),
  level: text().notNull().default("open"),
  text: text().notNull().default(""),
});
const tables = [
  "create table papers (id integer primary key, level text not null default 'open', text text not null default '')",
];
const list = { resource: "papers", action: "list" } as const;
const all = (client: ReferenceClient, from: number): readonly string[] =>
  client.frames.slice(from).map(({ type }) => type);
/** Enough to fill the socket's buffer beyond the mark. */
const long = "x".repeat(70_000);

interface Papers extends Fixture {
  /** Whether user 1 sees everything, and not only what is open; in force at the next `refresh`. */
  sees(all: boolean): void;
  /** Keeps authenticate from answering until the returned function is called. */
  delay(): () => void;
}

async function startPapers(options: FixtureOptions = {}): Promise<Papers> {
  let seesAll = true;
  let finding = Promise.resolve();
  const scope = () => (seesAll ? true : { level: "open" });
  const fixture = await startFixture({
    api: defineApi({
      papers: resource(papers, { scope, filters: ["level", "text"], orderBy: ["text"] }),
      chosen: resource(papers, {
        params: { also: z.string().optional() },
        scope: ({ params }) => (seesAll ? true : { level: params.also ?? "open" }),
      }),
    }),
    tables,
    authenticate: async () => {
      await finding;
      return { id: 1 };
    },
    ...options,
  });
  await fixture.run("insert into papers values (1, 'open', 'a'), (2, 'closed', 'b'), (3, 'open', 'c')");
  return Object.assign(fixture, {
    sees: (all: boolean) => {
      seesAll = all;
    },
    delay: () => {
      const { opened, open } = gate();
      finding = opened;
      return open;
    },
  });
}

test("P1, P9: what was held back while rights were found out comes in one commit with the difference, and no row that stayed", async () => {
  const fixture = await startPapers();
  const client = await fixture.connect(1);
  await client.open("s", list);
  await client.open("others", { resource: "chosen", action: "list", params: { also: "closed" } });
  const found = fixture.delay();
  fixture.sees(false);
  const refreshed = fixture.server.refresh(1);
  const seen = client.frames.length;
  const { cursor } = client;
  await fixture.run("update papers set text = 'secret' where id = 2");
  await fixture.run("update papers set text = 'changed' where id = 1");
  await fixture.run("insert into papers values (4, 'closed', 'new')");
  found();
  await refreshed;
  await client.ping();
  const { cursor: now } = fixture.database.feed;
  expect(client.frames.slice(seen)).toMatchObject([
    { type: "subscribed", id: "s", resumed: true, cursor },
    { type: "subscribed", id: "others", resumed: true, cursor },
    { type: "changes", cursor: now, update: [{ id: 1, text: "changed" }], leave: ["2"] },
    { type: "changes", cursor: now, enter: [{ id: 4 }], update: [{ id: 2 }], leave: ["3", "1"] },
    { type: "commit", cursor: now },
    { type: "pong" },
  ]);
});

test("P9: what is asked while rights are found out is done when they are known", async () => {
  const fixture = await startPapers();
  const client = await fixture.connect(1);
  const found = fixture.delay();
  fixture.sees(false);
  const refreshed = fixture.server.refresh(1);
  const answer = client.request("r", { resource: "papers", action: "retrieve", key: 2 });
  client.subscribe("s", list);
  found();
  await refreshed;
  await expect(answer).rejects.toMatchObject({ code: "not_found" });
  await client.until(() => client.lists.has("s"));
  expect(client.rows("s").map(({ id }) => id)).toEqual([1, 3]);
});

test("lists of one group that become different ones are reset", async () => {
  const fixture = await startPapers();
  const client = await fixture.connect(1);
  await client.open("s", { resource: "chosen", action: "list" });
  await client.open("t", { resource: "chosen", action: "list", params: { also: "closed" } });
  fixture.sees(false);
  await fixture.server.refresh(1);
  await client.until(() => client.lists.size === 2);
  expect(client.frames.filter(({ type }) => type === "reset")).toMatchObject([{ reason: "scope" }]);
  expect(client.rows("s").map(({ id }) => id)).toEqual([1, 3]);
  expect(client.rows("t").map(({ id }) => id)).toEqual([2]);
});

test("lists of several groups that become one are reset", async () => {
  const fixture = await startPapers();
  const client = await fixture.connect(1);
  await client.open("s", list);
  await client.open("t", { ...list, query: { where: { level: "open" } } });
  fixture.sees(false);
  await fixture.server.refresh(1);
  await client.until(() => client.lists.size === 2);
  await client.ping();
  for (const id of ["s", "t"]) expect(client.rows(id).map((row) => row.id)).toEqual([1, 3]);
  expect(fixture.server.stats().groups).toBe(1);
});

test("P4, P8: a client that has not read what came before is reset", async () => {
  const fixture = await startPapers();
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  const release = pair.hold("client");
  await fixture.run(`update papers set text = '${long}' where id = 1`);
  await fixture.run("update papers set text = 'waits' where id = 3");
  const seen = client.frames.length;
  fixture.sees(false);
  await fixture.server.refresh(1);
  release();
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 2);
  // The reset comes before the commit of the change that was dropped.
  expect(all(client, seen)).toEqual(["changes", "commit", "reset", "commit", "subscribed"]);
  expect(client.rows("s")).toMatchObject([{ id: 1 }, { id: 3, text: "waits" }]);
});

test("P4, P8: where the difference cannot wait for a slow reader either, the list that it had is reset", async () => {
  const fixture = await startPapers({ limits: { waitingBytes: 1000 } });
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  const release = pair.hold("client");
  const found = fixture.delay();
  fixture.sees(false);
  const refreshed = fixture.server.refresh(1);
  const seen = client.frames.length;
  found();
  // Frames of something else fill the buffer before the difference is said.
  client.send({ type: "ping" });
  for (let n = 0; n < 40; n++) pair.server.send(JSON.stringify({ type: "pong", cursor: client.cursor }));
  await refreshed;
  await fixture.run(`update papers set text = '${"y".repeat(2000)}' where id = 1`);
  release();
  await client.until(() => all(client, seen).length >= 40);
  // When nothing could be sent at first, the socket is looked at now and then.
  fixture.clock.advance(50);
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 2);
  const types = all(client, seen).filter((type) => type !== "pong");
  expect(types[0]).toBe("reset");
  expect(types.at(-1)).toBe("subscribed");
  expect(client.rows("s").map(({ id }) => id)).toEqual([1, 3]);
});

test("P4: a client that is cut off between the list's change and its commit goes on from the list that it had", async () => {
  const fixture = await startPapers();
  const { client, pair } = await fixture.connectPair(1);
  await client.open("s", list);
  const before = client.leaveBehind();
  let left = new Map<string, LeftBehind>();
  pair.client.addEventListener("message", () => {
    if (client.lists.get("s")?.catchesUp !== true) return;
    left = client.leaveBehind();
    pair.cut();
  });
  fixture.sees(false);
  await fixture.server.refresh(1);
  await client.until(() => client.closes.length > 0);
  expect(left.get("s")?.since).toEqual(before.get("s")?.since);
  const again = await fixture.connect(1, left);
  await again.open("s", list);
  expect(again.frames[1]).toMatchObject({ resumed: false, rows: [{ id: 1 }, { id: 3 }] });
});

test("a list that is too large under the new rights ends with an error that says so", async () => {
  const fixture = await startPapers({ limits: { liveRows: 2 } });
  fixture.sees(false);
  const client = await fixture.connect(1);
  await client.open("s", list);
  fixture.sees(true);
  await fixture.server.refresh(1);
  await client.until(() => client.errors.has("s"));
  expect(client.errors.get("s")?.code).toBe("too_many_rows");
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 0, groups: 0 });
});

test("P7: a list that may not be followed under the new rights ends with an error, the others move", async () => {
  let may = true;
  const fixture = await startFixture({
    api: defineApi({
      a: resource(papers, { permissions: { list: () => may } }),
      b: resource(papers, { scope: () => (may ? true : { level: "open" }) }),
    }),
    tables,
    authenticate: () => ({ id: 1 }),
  });
  await fixture.run("insert into papers (id, level) values (1, 'open'), (2, 'closed')");
  const client = await fixture.connect(1);
  for (const name of ["a", "b"]) await client.open(name, { resource: name, action: "list" });
  may = false;
  await fixture.server.refresh(1);
  await client.until(() => client.errors.has("a"));
  await client.ping();
  expect(client.errors.get("a")?.code).toBe("forbidden");
  expect(client.rows("b").map(({ id }) => id)).toEqual([1]);
  expect(client.frames.map(({ type }) => type)).not.toContain("reset");
});
