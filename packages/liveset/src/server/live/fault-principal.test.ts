import { describe, expect, test } from "vitest";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, gate, startFixture, tasks } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const others = { resource: "others", action: "list" } as const;

/** How code of the user's goes wrong while rights are found out, and what its owner is told. */
const faults: readonly (readonly [
  how: string,
  fault: (started: () => void) => unknown,
  code: "internal" | "timeout",
])[] = [
  [
    "throws",
    () => {
      throw new Error("secret of the server");
    },
    "internal",
  ],
  ["rejects", () => Promise.reject(new Error("secret of the server")), "internal"],
  [
    "hangs",
    (started) => {
      started();
      return new Promise(() => {});
    },
    "timeout",
  ],
  ["gives nothing", () => undefined, "internal"],
  ["gives a number", () => 7, "internal"],
];

interface Faulty extends Fixture {
  /** From now on the code goes wrong for user 1. */
  break(): void;
  /** Lets what hangs run into its limit. */
  runOut(): Promise<void>;
}

/** User 1, and after `auth` user 3, follows two lists beside user 2. */
async function start(
  place: "authenticate" | "scope" | "permissions.list",
  fault: (started: () => void) => unknown,
): Promise<Faulty> {
  let broken = false;
  const { opened, open } = gate();
  const isHis = (user: unknown): boolean => (user as { id?: number } | null)?.id !== 2;
  const at = <T>(here: typeof place, user: unknown, answer: T): T =>
    broken && place === here && isHis(user) ? (fault(open) as T) : answer;
  const fixture = await startFixture({
    limits: { heartbeat: 1e6 },
    api: defineApi({
      tasks: resource(tasks, {
        scope: ({ user }) => at("scope", user, true as boolean),
        permissions: { list: ({ user }) => at("permissions.list", user, true as boolean) },
      }),
      others: resource(tasks, { scope: ({ user }) => ({ ownerId: broken && isHis(user) ? 2 : 1 }) }),
    }),
    authenticate: (request) => {
      const header = request.headers.get("authorization") ?? "";
      const token = /^Bearer (\d+)$/.exec(header)?.[1] ?? new URL(request.url).searchParams.get("user");
      const user = { id: Number(token) };
      return at("authenticate", user, user);
    },
  });
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'old', 1), (2, 'old', 2)");
  return Object.assign(fixture, {
    break: () => {
      broken = true;
    },
    runOut: async () => {
      await opened;
      // Two heartbeats, and what hangs: all else has been found out.
      await expect.poll(() => fixture.clock.pending).toBe(3);
      fixture.clock.advance(30_000);
    },
  });
}

const ids = (rows: readonly { readonly id?: unknown }[]): readonly unknown[] => rows.map(({ id }) => id);

describe.each(faults)("P7: P9: code that %s while rights are found out", (how, fault, code) => {
  test("in authenticate, for a new token, is an error; who he was he stays", async () => {
    const fixture = await start("authenticate", fault);
    const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
    for (const each of [client, other]) await each.open("s", list);
    fixture.break();
    client.send({ type: "auth", token: "3" });
    if (how === "hangs") await fixture.runOut();
    await client.until(() => client.errors.has(""));
    expect(client.errors.get("")).toMatchObject({ code });
    await fixture.run("update tasks set text = 'new'");
    for (const each of [client, other]) {
      await each.ping();
      expect(each.rows("s")).toMatchObject([{ text: "new" }, { text: "new" }]);
    }
    fixture.server.revoke(1);
    await client.until(() => client.closes.length > 0);
    expect([client.closes, other.closes]).toEqual([[4401], []]);
    expect(JSON.stringify(client.frames)).not.toContain("secret of");
    expect(fixture.logged).not.toEqual([]);
  });

  test("in authenticate, for refresh, closes the connection: nothing is sent to who is not known", async () => {
    const fixture = await start("authenticate", fault);
    const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
    for (const each of [client, other]) await each.open("s", list);
    const seen = client.frames.length;
    fixture.break();
    const refreshed = fixture.server.refresh(1);
    await fixture.run("update tasks set text = 'new'");
    if (how === "hangs") await fixture.runOut();
    await refreshed;
    await client.until(() => client.closes.length > 0);
    await other.ping();
    expect([client.closes, client.frames.slice(seen)]).toEqual([[1011], []]);
    expect(other.rows("s")).toMatchObject([{ text: "new" }, { text: "new" }]);
    expect(fixture.server.stats()).toMatchObject({ connections: 1, subscriptions: 1 });
    expect(fixture.logged).not.toEqual([]);
  });

  test.each([
    ["scope", "auth"],
    ["scope", "refresh"],
    ["permissions.list", "auth"],
    ["permissions.list", "refresh"],
  ] as const)(
    "in %s, for %s, ends the list that it decides about; the others become what they are",
    async (place, by) => {
      // A permission that does not say yes says no.
      const isNo = place === "permissions.list" && how.startsWith("gives");
      const fixture = await start(place, fault);
      const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
      for (const each of [client, other]) {
        await each.open("s", list);
        await each.open("o", others);
      }
      const seen = client.frames.length;
      fixture.break();
      const refreshed = by === "refresh" ? fixture.server.refresh(1) : null;
      if (by === "auth") client.send({ type: "auth", token: "3" });
      if (how === "hangs") await fixture.runOut();
      await refreshed;
      await client.until(() => client.errors.has("s"));
      expect(client.errors.get("s")).toMatchObject({ code: isNo ? "forbidden" : code });
      await fixture.run("update tasks set text = 'new'");
      await Promise.all([client.ping(), other.ping()]);
      expect([client.lists.has("s"), ids(client.rows("o"))]).toEqual([false, [2]]);
      expect([ids(other.rows("s")), ids(other.rows("o"))]).toEqual([[1, 2], [1]]);
      expect(JSON.stringify(client.frames.slice(seen))).not.toMatch(/secret of|"id":1,/);
      expect(fixture.server.stats()).toMatchObject({ connections: 2, subscriptions: 3, opening: 0 });
      if (!isNo) expect(fixture.logged).not.toEqual([]);
    },
  );
});

test.each(faults.filter(([how]) => how !== "hangs"))(
  "P7: authenticate that %s refuses the handshake and the request, with nothing of what went wrong",
  async (_, fault) => {
    const fixture = await startFixture({ authenticate: () => fault(() => {}) as never });
    const refused = await fixture.server.refuse(new Request("http://test/ws/"));
    const answered = await fixture.server.fetch(new Request("http://test/api/tasks/"));
    for (const response of [refused, answered]) {
      expect(response?.status).toBe(500);
      expect(await response?.json()).toMatchObject({ code: "internal" });
      expect(JSON.stringify([...(response?.headers ?? [])])).not.toContain("secret of");
    }
    expect(fixture.logged.length).toBeGreaterThanOrEqual(2);
  },
);
