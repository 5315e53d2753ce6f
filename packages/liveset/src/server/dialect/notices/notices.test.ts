import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { docs, orgs, schema, startNotices, users } from "./notices.fixture.ts";

type Caller = { readonly user: { readonly id: string | number } | null };
const mine = ({ user }: Caller) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: Number(user.id) }])],
});
const api = defineApi({
  orgs: resource(orgs, { schema, scope: mine }),
  users: resource(users, { schema, scope: mine, parents: { org: true } }),
  docs: resource(docs, { schema, scope: mine, parents: { org: true, author: true } }),
});
const updated = (table: string, ...ids: string[]) => ({ action: "update", table, ids });
const deleted = (table: string, ...ids: string[]) => ({ action: "delete", table, ids });
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe("rows that only the database or a permission can judge", () => {
  test("P5: permissions.retrieve decides which rows and which parents are named", async () => {
    const server = await startNotices(
      defineApi({
        orgs: resource(orgs, { schema, permissions: { retrieve: (_, row) => row.name !== "hidden" } }),
        users: resource(users, {
          schema,
          parents: { org: true },
          permissions: {
            retrieve: ({ user }, row) => row.ownerId === null || row.ownerId === Number(user?.id),
          },
        }),
      }),
    );
    const [seven, nobody] = [await server.connect(7), await server.connect()];
    await server.run("insert into users (id, org_id, owner_id) values ('u7', 'o1', 7)");
    expect(await seven.take(1)).toEqual([updated("orgs", "o1")]);
    expect(await nobody.rest()).toEqual([]);
    await server.run("update users set org_id = 'o2' where id = 'u7'");
    expect(await seven.take(2)).toEqual([updated("users", "u7"), updated("orgs", "o1", "o2")]);
    await server.run("update orgs set name = 'hidden' where id = 'o1'");
    expect(await nobody.take(1)).toEqual([deleted("orgs", "o1")]);
    await server.run(
      "update users set org_id = 'o1' where id = 'u3'",
      "update users set name = 'x' where id = 'u7'",
    );
    expect(await seven.take(3)).toEqual([
      deleted("orgs", "o1"),
      updated("users", "u3", "u7"),
      updated("orgs", "o2"),
    ]);
    await server.run("delete from users where id = 'u7'");
    expect(await seven.take(1)).toEqual([deleted("users", "u7")]);
    expect(await nobody.take(2)).toEqual([updated("users", "u3"), updated("orgs", "o2")]);
  });

  test("P5: a scope across relations: rows go out of sight with what they depend on, and come back", async () => {
    const server = await startNotices(
      defineApi({
        orgs: resource(orgs, { schema, scope: mine }),
        users: resource(users, {
          schema,
          scope: (caller) => ({ org: mine(caller) }),
          parents: { org: true },
        }),
      }),
    );
    const client = await server.connect(8);
    await server.run("update orgs set owner_id = 7 where id = 'o1'");
    expect(await client.take(2)).toEqual([deleted("orgs", "o1"), deleted("users", "u1", "u2")]);
    await server.run("update users set name = 'x'");
    expect(await client.take(1)).toEqual([updated("users", "u3")]);
    await server.run("update orgs set owner_id = null where id = 'o1'");
    expect(await client.take(1)).toEqual([updated("orgs", "o1")]);
    await server.run("update users set org_id = 'o2' where id = 'u1'");
    expect(await client.take(2)).toEqual([updated("users", "u1"), updated("orgs", "o1", "o2")]);
  });

  test("two resources of one table are told of by their own names, each in its own scope", async () => {
    const server = await startNotices(
      defineApi({
        orgs: resource(orgs, { schema }),
        people: resource(users, { schema, parents: { org: true } }),
        seniors: resource(users, { schema, model: "senior", scope: () => ({ name: { startswith: "A" } }) }),
      }),
    );
    const client = await server.connect();
    await server.run("update users set name = 'Zoe' where id = 'u1'");
    expect(await client.rest()).toEqual([deleted("seniors", "u1"), updated("people", "u1")]);
  });
});

describe("the principal", () => {
  test("P9: signs in on an open socket, and hears of what it may see from then on", async () => {
    const server = await startNotices(
      defineApi({
        orgs: resource(orgs, { schema, permissions: { list: ({ user }) => user !== null } }),
        users: resource(users, { schema, scope: mine, parents: { org: true } }),
      }),
    );
    await server.run("insert into users (id, owner_id) values ('u7', 7)");
    const client = await server.connect();
    await server.run("update orgs set name = 'x'", "update users set name = 'x' where id = 'u7'");
    expect(await client.rest()).toEqual([]);
    client.send('{"type":"auth","token":"7"}');
    await server.settled(3);
    expect(await client.rest()).toEqual([]);
    await server.run("update orgs set name = 'y'", "update users set name = 'y' where id = 'u7'");
    await server.run("insert into users (id, org_id) values ('u9', 'o1')");
    expect(await client.rest()).toEqual([
      updated("orgs", "o1", "o2"),
      updated("users", "u7"),
      updated("orgs", "o1"),
    ]);
    client.send('{"type":"auth","token":""}');
    await server.settled(1);
    await server.run("update users set name = 'z' where id = 'u7'");
    expect(await client.rest()).toEqual([]);
  });

  test("P9: whose rights have changed is closed with 4410, to fetch again; whose have not hears on", async () => {
    const boss = new Set<string>();
    const server = await startNotices(
      defineApi({
        users: resource(users, {
          schema,
          scope: (caller) => boss.has(String(caller.user?.id)) || mine(caller),
        }),
      }),
    );
    const [seven, eight] = [await server.connect(7), await server.connect(8)];
    boss.add("7");
    await Promise.all([server.server.refresh(7), server.server.refresh(8)]);
    await seven.until(() => seven.closed !== null);
    expect(seven.closed).toBe(4410);
    await server.run("update users set name = 'x' where id = 'u1'");
    expect(await eight.rest()).toEqual([updated("users", "u1")]);
    server.server.revoke(8);
    await eight.until(() => eight.closed !== null);
    expect(eight.closed).toBe(4401);
  });

  test("P9: an expired session is closed, or goes on as nobody's", async () => {
    let end = 0;
    const options = { expiresAt: () => end, authenticate: () => (end === 0 ? null : { id: 7 }) };
    const server = await startNotices(api, options);
    end = server.clock.now() + 1_000;
    const client = await server.connect(7);
    server.clock.advance(1_000);
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4401);
  });
});

describe("positions on a WebSocket", () => {
  const since = (frame: object | undefined): string =>
    encodeURIComponent(String((frame as { since?: string }).since));

  test("P4: ready, a commit after each transaction; resumed with what was missed; reset where that is not known", async () => {
    const server = await startNotices(api);
    const client = await server.connect(7, "/ws/notifications/?since=");
    const ready = await client.next();
    expect(ready).toMatchObject({ type: "ready" });
    await server.run("update users set name = 'x' where id = 'u1'");
    expect(await client.next()).toEqual(updated("users", "u1"));
    const commit = await client.next();
    expect(commit).toMatchObject({ type: "commit" });
    await server.cut(client);
    await server.run("insert into users (id, org_id) values ('u9', 'o1')");
    await server.run("update users set org_id = 'o2' where id = 'u9'");
    const again = await server.connect(7, `/ws/notifications/?since=${since(commit)}`);
    expect(await again.rest()).toEqual([
      updated("orgs", "o2"),
      { type: "resumed", since: expect.any(String) },
    ]);
    const other = await server.connect(8, `/ws/notifications/?since=${since(commit)}`);
    expect(await other.rest()).toEqual([{ type: "reset", since: expect.any(String) }]);
  });

  test("P4: nothing was missed: resumed, and nothing else", async () => {
    const server = await startNotices(api);
    const client = await server.connect(7, "/ws/notifications/?since=");
    const position = since(await client.next());
    await server.cut(client);
    const again = await server.connect(7, `/ws/notifications/?since=${position}`);
    expect(await again.rest()).toEqual([{ type: "resumed", since: expect.any(String) }]);
  });

  test("P9: changed rights are a reset, and the socket stays", async () => {
    const boss = new Set<string>();
    const server = await startNotices(
      defineApi({
        users: resource(users, {
          schema,
          scope: (caller) => boss.has(String(caller.user?.id)) || mine(caller),
        }),
      }),
    );
    await server.run("insert into users (id, owner_id) values ('u8', 8)");
    const client = await server.connect(7, "/ws/notifications/?since=");
    expect(await client.next()).toMatchObject({ type: "ready" });
    boss.add("7");
    await server.server.refresh(7);
    expect(await client.next()).toMatchObject({ type: "reset" });
    await server.run("update users set name = 'x' where id = 'u8'");
    expect(await client.next()).toEqual(updated("users", "u8"));
  });
});

describe("slow readers", () => {
  test("P8: what waits is netted: a row is named once, with its first parent and its last", async () => {
    const server = await startNotices(api, { limits: { waitingBytes: 20_000 } });
    const ids = Array.from({ length: 300 }, (_, i) => `('${"long".repeat(25)}${i}')`).join(", ");
    await server.run(`insert into orgs (id) values ${ids}`);
    const client = await server.connect();
    const release = client.pair.hold("client");
    await server.run("update orgs set name = 'x' where id like 'long%'");
    for (let i = 0; i < 50; i++) await server.run(`update users set name = '${i}' where id = 'u1'`);
    for (const org of ["none", "o1", "o2"])
      await server.run(`update users set org_id = '${org}' where id = 'u2'`);
    await server.run(
      "insert into users (id, org_id) values ('u9', 'o1')",
      "delete from users where id = 'u3'",
    );
    await server.run("delete from users where id = 'u9'");
    release();
    expect((await client.rest()).slice(1)).toEqual([
      deleted("users", "u3"),
      updated("users", "u1", "u2"),
      updated("orgs", "o1", "o2"),
    ]);
  });

  test("P8: beyond the bound a socket is closed with 4410; one that knows positions is told reset", async () => {
    const server = await startNotices(api, { limits: { bufferedBytes: 400_000, waitingBytes: 10_000 } });
    const [plain, knowing] = [
      await server.connect(),
      await server.connect(undefined, "/ws/notifications/?since="),
    ];
    await knowing.next();
    const releases = [plain, knowing].map(({ pair }) => pair.hold("client"));
    const ids = Array.from({ length: 3_000 }, (_, i) => `('${"long".repeat(20)}${i}', 'o1')`).join(", ");
    await server.run(`insert into users (id, org_id) values ${ids}`);
    for (const name of ["a", "b", "c", "d"]) await server.run(`update users set name = '${name}'`);
    for (const release of releases) release();
    await plain.until(() => plain.closed !== null);
    expect(plain.closed).toBe(4410);
    await expect.poll(() => server.server.stats().opening).toBe(0);
    const frames = await knowing.rest();
    expect(frames.at(-1)).toMatchObject({ type: "reset" });
    await server.run("update orgs set name = 'x' where id = 'o1'");
    expect((await knowing.rest())[0]).toEqual(updated("orgs", "o1"));
  });
});

describe("faults", () => {
  test("P7: a resource whose scope fails is told as an error, and the others are heard", async () => {
    const failing = defineApi({
      orgs: resource(orgs, {
        schema,
        scope: () => {
          throw new Error("no scope today");
        },
      }),
      users: resource(users, { schema, parents: { org: true } }),
    });
    const server = await startNotices(failing, { log: silent });
    const client = await server.connect();
    const errors = await client.rest();
    expect(errors).toEqual([
      expect.objectContaining({ type: "error", resource: "orgs", code: "internal" }),
      expect.objectContaining({ type: "error", resource: "orgs", code: "internal" }),
    ]);
    expect(JSON.stringify(errors)).not.toContain("no scope today");
    await server.run(
      "update users set name = 'x' where id = 'u1'",
      "insert into users (id, org_id) values ('u9', 'o1')",
    );
    expect(await client.rest()).toEqual([updated("users", "u1")]);
  });

  test("P7: one that fails later ends the connection, so that its silence is not taken for peace", async () => {
    let fails = false;
    const server = await startNotices(
      defineApi({
        users: resource(users, {
          schema,
          permissions: {
            retrieve: () => {
              if (fails) throw new Error("broken");
              return true;
            },
          },
        }),
      }),
      { log: silent },
    );
    const client = await server.connect();
    fails = true;
    await server.run("update users set name = 'x' where id = 'u1'");
    expect(await client.next()).toMatchObject({ type: "error", resource: "users", code: "internal" });
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4410);
  });

  test("parents of which too many are in sight are not named, and the client is told why", async () => {
    const server = await startNotices(api, { limits: { liveRows: 2 } });
    await server.run("insert into orgs (id) values ('o3')");
    const client = await server.connect();
    const errors = await client.rest();
    expect(errors.map(({ type, code, resource }) => `${type} ${code} ${resource}`).sort()).toEqual([
      "error too_many_rows orgs",
      "error too_many_rows users",
    ]);
    await server.run(
      "insert into users (id, org_id) values ('u9', 'o1')",
      "update users set name = 'x' where id = 'u1'",
    );
    expect(await client.rest()).toEqual([updated("users", "u1")]);
  });

  test("where all rows are in sight there may be any number of them", async () => {
    const all = defineApi({
      orgs: resource(orgs, { schema }),
      users: resource(users, { schema, parents: { org: true } }),
    });
    const server = await startNotices(all, { limits: { liveRows: 1, subscriptions: 1 } });
    const client = await server.connect();
    await server.run("insert into users (id, org_id) values ('u9', 'o1')");
    expect(await client.rest()).toEqual([updated("orgs", "o1")]);
  });

  test("parameters of resources come from the address; a resource that lacks one is told as an error", async () => {
    const params = { org: z.string() };
    const server = await startNotices(
      defineApi({
        orgs: resource(orgs, { schema }),
        users: resource(users, {
          schema,
          params,
          scope: ({ params }) => ({ orgId: params.org }),
          parents: { org: true },
        }),
      }),
    );
    const without = await server.connect();
    expect(await without.rest()).toMatchObject([{ type: "error", resource: "users", code: "invalid" }]);
    const client = await server.connect(undefined, "/ws/notifications/?org=o2");
    await server.run("update users set name = 'x'", "insert into users (id, org_id) values ('u9', 'o2')");
    expect(await client.rest()).toEqual([updated("users", "u3"), updated("orgs", "o2")]);
  });

  test("options that speak of resources which are not there are refused at the start", async () => {
    const start = (notices: object) => startNotices(api, { notices });
    await expect(start({ resources: ["nope"] })).rejects.toThrow(
      'notices.resources names "nope", which is no resource.',
    );
    await expect(start({ translate: { constructor: {} } })).rejects.toThrow(
      'notices.translate names "constructor"',
    );
    await expect(start({ roots: { nope: { table: "top", id: "1" } } })).rejects.toThrow("notices.roots");
    await expect(start({ path: "/ws/" })).rejects.toThrow('socketPath and notices.path are both "/ws/"');
    await expect(start({ events: "/users/" })).rejects.toThrow('notices.events is "/users/"');
    const server = await startNotices(api, { notices: false });
    expect(server.server.takesSockets("http://test/ws/notifications/")).toBe(false);
    expect((await server.server.fetch(new Request("http://test/api/notifications/"))).status).toBe(404);
  });

  test("heartbeats are the server's, and a connection that ends leaves nothing behind", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    expect(server.server.stats()).toMatchObject({ connections: 1, subscriptions: 5 });
    server.clock.advance(3_600_000);
    expect(await client.rest()).toEqual([]);
    await server.cut(client);
    expect(server.server.stats()).toEqual({ connections: 0, subscriptions: 0, opening: 0, groups: 0 });
  });
});
