import { describe, expect, test } from "vitest";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { docs, orgs, schema, startNotices, users } from "./notices.fixture.ts";

const mine = ({ user }: { user: { id: string | number } | null }) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: Number(user.id) }])],
});
const api = defineApi({
  orgs: resource(orgs, { schema, scope: mine }),
  users: resource(users, { schema, scope: mine, parents: { org: true } }),
  docs: resource(docs, { schema, scope: mine, parents: { org: true, author: true } }),
});
const updated = (table: string, ...ids: string[]) => ({ action: "update", table, ids });
const deleted = (table: string, ...ids: string[]) => ({ action: "delete", table, ids });

describe("the feed as Server-Sent Events", () => {
  test("20 is ready first, and then has the notices that a socket has, each transaction with one id at its end", async () => {
    const server = await startNotices(api);
    const stream = await server.stream();
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const ready = await stream.next();
    expect(ready).toMatchObject({ type: "ready", data: {} });
    await server.run("delete from users where id = 'u1'", "update users set name = 'x' where id = 'u3'");
    await server.run("insert into users (id, org_id) values ('u9', 'o1')");
    const events = [await stream.next(), await stream.next(), await stream.next()];
    expect(events.map((event) => event?.data)).toEqual([
      deleted("users", "u1"),
      updated("users", "u3"),
      updated("orgs", "o1"),
    ]);
    expect(events.map((event) => event?.type)).toEqual(["message", "message", "message"]);
    const [first, second, third] = events.map((event) => event?.lastEventId);
    expect(first).toBe(ready?.lastEventId);
    expect(new Set([first, second, third]).size).toBe(3);
    await stream.cancel();
  });

  test("21 P4: goes on from the last id: resumed, with exactly what was missed, netted", async () => {
    const server = await startNotices(api);
    const stream = await server.stream(7);
    await stream.next();
    await server.run("update users set name = 'x' where id = 'u1'");
    const last = await stream.next();
    stream.abort.abort();
    await server.run("update users set name = 'y' where id = 'u2'");
    await server.run("update users set org_id = 'o2' where id = 'u1'");
    await server.run("insert into users (id, org_id, owner_id) values ('u8', 'o1', 8)");
    await server.run(
      "insert into users (id, org_id) values ('u9', 'o1')",
      "insert into orgs (id) values ('o9')",
    );
    await server.run("delete from users where id in ('u3', 'u9')");
    const again = await server.stream(7, { lastEventId: last?.lastEventId ?? "" });
    expect((await again.next())?.data).toEqual(deleted("users", "u3"));
    expect((await again.next())?.data).toEqual(updated("users", "u2", "u1"));
    expect((await again.next())?.data).toEqual(updated("orgs", "o1", "o2"));
    expect(await again.next()).toMatchObject({ type: "resumed" });
    await server.run("update users set name = 'z' where id = 'u1'");
    expect((await again.next())?.data).toEqual(updated("users", "u1"));
    await again.cancel();
  });

  test("22 P4: says reset where that cannot be told: an id that nobody knows, other rights, another epoch", async () => {
    const server = await startNotices(api);
    const stream = await server.stream(7);
    const { lastEventId = "" } = (await stream.next()) ?? {};
    await stream.cancel();
    await server.run("update users set name = 'x'");
    for (const [user, id] of [
      [8, lastEventId],
      [7, "nothing"],
      [7, `${lastEventId}x`],
      [7, lastEventId.replace(/^./, (first) => (first === "0" ? "1" : "0"))],
    ] as const) {
      const again = await server.stream(user, { lastEventId: id });
      expect(await again.next()).toMatchObject({ type: "reset" });
      await again.cancel();
    }
    const same = await server.stream(7, { path: `/api/notifications/?lastEventId=${lastEventId}` });
    expect((await same.next())?.data).toEqual(updated("users", "u1", "u2", "u3"));
    expect(await same.next()).toMatchObject({ type: "resumed" });
    await same.cancel();
  });

  test("23 P9: rights that have changed are a reset, and what is seen from then on is told", async () => {
    const rights = new Map([["7", true]]);
    const changing = defineApi({
      orgs: resource(orgs, { schema }),
      users: resource(users, {
        schema,
        parents: { org: true },
        permissions: { list: ({ user }) => rights.get(String(user?.id)) === true },
      }),
      docs: resource(docs, {
        schema,
        scope: ({ user }) => (rights.get(String(user?.id)) ? true : { ownerId: 0 }),
      }),
    });
    const server = await startNotices(changing);
    const stream = await server.stream(7);
    expect(await stream.next()).toMatchObject({ type: "ready" });
    rights.set("7", false);
    await server.server.refresh(7);
    expect(await stream.next()).toMatchObject({ type: "reset" });
    await server.run("update users set name = 'x'", "insert into docs (id) values (1)");
    rights.set("7", true);
    await server.server.refresh(7);
    expect(await stream.next()).toMatchObject({ type: "reset" });
    await server.run("update users set name = 'y' where id = 'u1'", "update docs set title = 'x'");
    expect((await stream.next())?.data).toEqual(updated("users", "u1"));
    expect((await stream.next())?.data).toEqual(updated("docs", "1"));
    server.server.revoke(7);
    expect(await stream.next()).toMatchObject({ type: "end", data: { code: 4401 } });
    expect(await stream.next()).toBeNull();
  });

  test("24 a quiet stream has comments, whose ids keep its position young; one that is not read is closed", async () => {
    const server = await startNotices(api);
    const stream = await server.stream();
    const ready = await stream.next();
    await server.run("insert into docs (id, owner_id) values (1, 8)");
    const waiting = stream.next();
    await server.clock.advance(25_000);
    await expect.poll(() => stream.comments.length, { interval: 1 }).toBe(1);
    expect(stream.lastEventId).not.toBe("");
    await server.run("update users set name = 'x' where id = 'u3'");
    expect((await waiting)?.data).toEqual(updated("users", "u3"));
    expect(ready?.lastEventId).not.toBe(stream.lastEventId);
    const { connections } = server.server.stats();
    expect(connections).toBe(1);
    await server.clock.advance(25_000);
    await server.clock.advance(25_000);
    await server.clock.advance(25_000);
    await expect.poll(() => server.server.stats().connections, { interval: 1 }).toBe(0);
  });

  test("25 an abort ends everything: the connection, its queries, its timers", async () => {
    const server = await startNotices(api);
    for (const end of ["abort", "cancel"] as const) {
      const stream = await server.stream();
      await stream.next();
      expect(server.server.stats()).toMatchObject({ connections: 1, subscriptions: 5 });
      if (end === "abort") stream.abort.abort();
      else await stream.cancel();
      expect(server.server.stats()).toEqual({ connections: 0, subscriptions: 0, opening: 0, groups: 0 });
    }
    const stream = await server.stream();
    await stream.next();
    await server.server.close();
    expect(await stream.next()).toMatchObject({ type: "end", data: { code: 1001 } });
    expect(await stream.next()).toBeNull();
  });

  test("26 is refused as any request is: other methods, those who must sign in, a path that is not there", async () => {
    const server = await startNotices(api, { notices: { public: false, events: "live/feed" } });
    const ask = async (path: string, method = "GET", user?: number): Promise<Response> =>
      server.server.fetch(
        new Request(`http://test${path}`, {
          method,
          ...(user === undefined ? {} : { headers: { authorization: `Bearer ${user}` } }),
        }),
      );
    expect((await ask("/api/live/feed/")).status).toBe(401);
    expect((await ask("/api/live/feed/", "POST", 7)).status).toBe(405);
    expect((await ask("/api/live/feed", "OPTIONS")).headers.get("allow")).toBe("GET, OPTIONS");
    expect((await ask("/api/notifications/", "GET", 7)).status).toBe(404);
    const response = await ask("/api/live/feed", "GET", 7);
    expect(response.status).toBe(200);
    await response.body?.cancel();
    expect((await server.connect()).closed).toBe(4401);
  });
});

test("a resource that is called notifications keeps its address", async () => {
  const named = defineApi({ notifications: resource(orgs) });
  const server = await startNotices(named);
  const response = await server.server.fetch(new Request("http://test/api/notifications/"));
  expect(await response.json()).toMatchObject({ count: 2 });
  await expect(startNotices(named, { notices: { events: "notifications" } })).rejects.toThrow(
    'notices.events is "notifications", which is the path of the resource "notifications": give it another.',
  );
});
