import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import type { ServerOptions } from "../server-options.ts";
import { type Fixture, gate, startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const day = 24 * 60 * 60 * 1000;

interface Session {
  readonly id: number;
  readonly until: number;
}

/** Sessions of a cookie: `?user=<n>`; each lasts until the time that the test has set for it. */
async function startSessions(
  sessions: Map<number, number>,
  onExpiry: NonNullable<ServerOptions["onExpiry"]> = "close",
): Promise<Fixture> {
  return startFixture({
    authenticate: (request): Session | null => {
      const id = Number(new URL(request.url).searchParams.get("user"));
      const until = sessions.get(id);
      return until === undefined ? null : { id, until };
    },
    limits: { heartbeat: 50 * day },
    options: { expiresAt: (user) => (user as unknown as Session).until, onExpiry },
  });
}

test("P9: a session that ends closes its sockets with 4401, at its time and not before", async () => {
  const sessions = new Map<number, number>();
  const fixture = await startSessions(sessions);
  sessions.set(1, fixture.clock.now() + 5000).set(2, fixture.clock.now() + 8000);
  const [one, two] = await Promise.all([fixture.connect(1), fixture.connect(2)]);
  await one.open("s", list);
  fixture.clock.advance(4999);
  await one.ping();
  expect(one.closes).toEqual([]);
  fixture.clock.advance(1);
  await one.until(() => one.closes.length > 0);
  expect(one.closes).toEqual([4401]);
  await two.ping();
  expect(two.closes).toEqual([]);
});

test("P9: a session that was prolonged meanwhile goes on, with nothing sent anew", async () => {
  const sessions = new Map<number, number>();
  const fixture = await startSessions(sessions);
  sessions.set(1, fixture.clock.now() + 5000);
  const client = await fixture.connect(1);
  await client.open("s", list);
  sessions.set(1, fixture.clock.now() + 9000);
  fixture.clock.advance(5000);
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  await client.until(() => client.rows("s").length === 1);
  expect(client.frames.filter(({ type }) => type === "subscribed")).toHaveLength(1);
  fixture.clock.advance(4000);
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([4401]);
});

test("P9: onExpiry anonymous: the socket becomes nobody's, and its lists are those of nobody", async () => {
  const sessions = new Map<number, number>();
  const fixture = await startSessions(sessions, "anonymous");
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'mine', 1), (2, 'of nobody', null)");
  sessions.set(1, fixture.clock.now() + 5000);
  const client = await fixture.connect(1);
  await client.open("s", list);
  fixture.clock.advance(5000);
  await client.until(() => client.rows("s").some(({ id }) => id === 2));
  const seen = client.frames.length;
  await fixture.run("update tasks set text = text || '!'");
  await client.ping();
  expect(client.rows("s").map(({ text }) => text)).toEqual(["of nobody!"]);
  expect(JSON.stringify(client.frames.slice(seen))).not.toContain("mine");
  expect(client.frames.map(({ type }) => type)).not.toContain("reset");
});

test("P9: a session that has ended already when its socket opens is closed at once", async () => {
  const sessions = new Map<number, number>();
  const fixture = await startSessions(sessions);
  sessions.set(1, fixture.clock.now());
  const client = await fixture.connect(1);
  fixture.clock.advance(0);
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([4401]);
});

test("P9: pitfall 18: a session of more than 2³¹ ms does not end at once", async () => {
  const sessions = new Map<number, number>();
  const fixture = await startSessions(sessions);
  const end = fixture.clock.now() + 60 * day;
  sessions.set(1, end);
  const client = await fixture.connect(1);
  expect(fixture.clock.pending).toBe(2);
  expect(fixture.clock.next).toBeLessThan(2 ** 31);
  fixture.clock.advance(59 * day);
  await client.ping();
  expect(client.closes).toEqual([]);
  fixture.clock.advance(day);
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([4401]);
});

const users = sqliteTable("users", { id: integer().primaryKey(), role: text().notNull() });
const papers = sqliteTable("papers", { id: integer().primaryKey(), level: text().notNull() });
const tables = [
  "create table users (id integer primary key, role text not null)",
  "create table papers (id integer primary key, level text not null)",
];

async function startRoles(): Promise<Fixture & { readonly asked: () => number }> {
  let asked = 0;
  let fixture: Fixture | undefined;
  const api = defineApi({
    papers: resource(papers, {
      scope: ({ user }) => ((user as { role?: string } | null)?.role === "boss" ? true : { level: "open" }),
    }),
    users: resource(users),
  });
  fixture = await startFixture({
    api,
    tables,
    authenticate: async (request) => {
      asked++;
      const id = Number(new URL(request.url).searchParams.get("user"));
      const [user] = (await fixture?.db.select().from(users))?.filter((row) => row.id === id) ?? [];
      return user ?? null;
    },
  });
  await fixture.run("insert into users values (1, 'boss'), (2, 'clerk')");
  await fixture.run("insert into papers values (1, 'open'), (2, 'closed')");
  return Object.assign(fixture, { asked: () => asked });
}

const shown = { resource: "papers", action: "list" } as const;

test("P9: refresh puts a changed role into force: the lists are those of the new scope, and others are not asked", async () => {
  const fixture = await startRoles();
  const [boss, again, clerk] = [
    await fixture.connect(1),
    await fixture.connect(1),
    await fixture.connect(2),
  ] as const;
  for (const client of [boss, again, clerk]) await client.open("s", shown);
  await boss.open("users", { resource: "users", action: "list" });
  await fixture.run("update users set role = 'clerk' where id = 1");
  const asked = fixture.asked();
  const refreshed = fixture.server.refresh(1);
  await fixture.run("update papers set level = 'closed and changed' where id = 2");
  await refreshed;
  expect(fixture.asked()).toBe(asked + 2);
  await Promise.all([boss, again].map((client) => client.until(() => client.rows("s").length === 1)));
  expect(JSON.stringify(boss.frames)).not.toContain("closed and changed");
  expect(boss.frames.slice(-3)).toMatchObject([
    { type: "subscribed", id: "s", resumed: true },
    { type: "changes", leave: ["2"] },
    { type: "commit" },
  ]);
  await clerk.ping();
  expect(clerk.frames.filter(({ type }) => type === "subscribed")).toHaveLength(1);
  await fixture.run("update users set role = 'boss' where id = 1");
  await fixture.server.refresh("1");
  await boss.until(() => boss.rows("s").length === 2);
});

test("P9: while the new rights are being found, nothing of the old ones is sent", async () => {
  const finding = gate();
  let slow = false;
  const fixture = await startFixture({
    authenticate: async () => {
      if (slow) await finding.opened;
      return { id: slow ? 2 : 1 };
    },
  });
  const client = await fixture.connect(1);
  await client.open("s", list);
  slow = true;
  const refreshed = fixture.server.refresh(1);
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'of one', 1), (2, 'of two', 2)");
  finding.open();
  await refreshed;
  await client.until(() => client.rows("s").length === 1);
  expect(JSON.stringify(client.frames)).not.toContain("of one");
});

test("P9: revoke closes all sockets of a principal with 4401, and nobody else's", async () => {
  const fixture = await startFixture();
  const clients = [await fixture.connect(1), await fixture.connect(1), await fixture.connect(2)] as const;
  fixture.server.revoke(1);
  expect(fixture.server.stats().connections).toBe(1);
  await clients[0].until(() => clients[0].closes.length > 0);
  await clients[1].until(() => clients[1].closes.length > 0);
  await clients[2].ping();
  expect(clients.map(({ closes }) => closes)).toEqual([[4401], [4401], []]);
});

test("P9: pitfall 6: after auth a socket belongs to its new principal alone", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  client.send({ type: "auth", token: "2" });
  await client.ping();
  await client.until(() => client.frames.filter(({ type }) => type === "welcome").length === 2);
  fixture.server.revoke(1);
  await client.ping();
  expect(client.closes).toEqual([]);
  fixture.server.revoke(2);
  await client.until(() => client.closes.length > 0);
});

test.each([
  [new LivesetError("session_expired"), 4401],
  [new Error("the sessions' database is down"), 1011],
])("P9: a principal that cannot be had again is not taken for granted: %s", async (fault, code) => {
  let broken = false;
  const fixture = await startFixture({
    authenticate: () => {
      if (broken) throw fault;
      return { id: 1 };
    },
  });
  const client = await fixture.connect();
  broken = true;
  await fixture.server.refresh(1);
  await client.until(() => client.closes.length > 0);
  expect(client.closes).toEqual([code]);
});

test("P9: a revocation during the handshake is not missed", async () => {
  const finding = gate();
  let valid = true;
  let asked = 0;
  const fixture = await startFixture({
    authenticate: async () => {
      const user = valid ? { id: 1 } : null;
      if (++asked === 1) await finding.opened;
      return user;
    },
  });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, null)");
  const connecting = fixture.connect(1);
  await expect.poll(() => asked).toBe(1);
  valid = false;
  fixture.server.revoke(1);
  finding.open();
  const client = await connecting;
  await client.open("s", list);
  expect(client.rows("s").map(({ id }) => id)).toEqual([2]);
});

test("P9: a change of rights in whatever turn of a socket's opening is not missed", async () => {
  let current = 1;
  const fixture = await startFixture({ authenticate: () => ({ id: current }) });
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2)");
  for (let turns = 0; turns < 24; turns++) {
    current = 1;
    const connecting = fixture.connect();
    for (let turn = 0; turn < turns; turn++) await null;
    current = 2;
    await fixture.server.refresh(1);
    const client = await connecting;
    await client.open("s", list);
    expect([turns, client.rows("s").map(({ id }) => id)]).toEqual([turns, [2]]);
  }
});
