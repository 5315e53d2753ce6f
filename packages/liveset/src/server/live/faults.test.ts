import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { action } from "../action.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, type FixtureOptions, gate, startFixture, tasks } from "./live.fixture.ts";

const never = new Promise<never>(() => {});
const list = { resource: "tasks", action: "list" } as const;

function api(options: Parameters<typeof resource<typeof tasks>>[1]): NonNullable<FixtureOptions["api"]> {
  return defineApi({ tasks: resource(tasks, options), others: resource(tasks) });
}

/** Lets the time limit pass once something runs under it. */
async function runOut(fixture: Fixture, timers: number): Promise<void> {
  await expect.poll(() => fixture.clock.pending).toBe(timers + 1);
  fixture.clock.advance(30_000);
}

test("P7: an action that hangs is a timeout, is rolled back, and holds up no other writer", async () => {
  const started = gate();
  const fixture = await startFixture({
    limits: { heartbeat: 1e6 },
    api: api({
      actions: {
        hang: action(tasks, {
          detail: false,
          run: async ({ db }) => {
            await db.run(sql`insert into tasks (id) values (1)`);
            started.open();
            return never;
          },
        }),
      },
    }),
  });
  const [client, other] = [await fixture.connect(1), await fixture.connect(1)];
  await other.open("s", list);
  const hanging = client.request("r", { resource: "tasks", action: "hang" });
  hanging.catch(() => {});
  await started.opened;
  const waiting = other.request("w", { resource: "others", action: "create", data: { id: 2 } });
  // Two heartbeats, the hanging call, and the one that waits for its turn among the writers.
  await runOut(fixture, 2);
  await expect(hanging).rejects.toMatchObject({ code: "timeout", status: 503 });
  await expect(waiting).resolves.toMatchObject({ status: 201 });
  expect(other.rows("s").map(({ id }) => id)).toEqual([2]);
  expect(fixture.logged).toMatchObject([{ what: "tasks.hang", ms: 30_000 }]);
});

test("P7: a hook that hangs is a timeout, and what it does too late is not done", async () => {
  const going = gate();
  let late: unknown;
  const fixture = await startFixture({
    limits: { heartbeat: 1e6 },
    api: api({
      hooks: {
        beforeCreate: async ({ db }, data) => {
          await going.opened;
          late = await db.run(sql`insert into tasks (id) values (99)`).then(
            () => "written",
            (fault: unknown) => fault,
          );
          return data;
        },
      },
    }),
  });
  const client = await fixture.connect(1);
  const hanging = client.request("r", { resource: "tasks", action: "create", data: { id: 1 } });
  hanging.catch(() => {});
  await runOut(fixture, 1);
  await expect(hanging).rejects.toMatchObject({ code: "timeout" });
  going.open();
  await expect.poll(() => late).toBeInstanceOf(Error);
  expect(await fixture.db.select().from(tasks)).toEqual([]);
});

test("P7: a scope that hangs is a timeout of its own list; the connection and others go on", async () => {
  const fixture = await startFixture({
    limits: { heartbeat: 1e6 },
    api: api({ scope: ({ user }) => (Number(user?.id) === 1 ? never : true) }),
  });
  const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
  const hanging = client.open("s", list);
  hanging.catch(() => {});
  await client.open("t", { resource: "others", action: "list" });
  await other.open("s", list);
  await runOut(fixture, 2);
  await expect(hanging).rejects.toMatchObject({ code: "timeout" });
  await fixture.run("insert into tasks (id) values (1)");
  await Promise.all([client.ping(), other.ping()]);
  expect([client.rows("t"), other.rows("s")].map(({ length }) => length)).toEqual([1, 1]);
});

test("P7: authenticate that hangs refuses the handshake and the request", async () => {
  const fixture = await startFixture({ authenticate: () => never });
  const refused = fixture.server.refuse(new Request("http://test/ws/"));
  const answered = fixture.server.fetch(new Request("http://test/api/tasks/"));
  await expect.poll(() => fixture.clock.pending).toBe(2);
  fixture.clock.advance(30_000);
  expect((await refused)?.status).toBe(503);
  expect(await (await answered).json()).toMatchObject({ code: "timeout", status: 503 });
});

test.each([
  [
    "throws",
    () => {
      throw new Error("secret of the scope");
    },
  ],
  ["rejects", () => Promise.reject(new Error("secret of the scope"))],
  ["gives nothing", () => undefined],
  ["gives null", () => null],
  ["gives a number", () => 1],
  ["gives a text", () => "ownerId = 1"],
  ["gives a list", () => [{ ownerId: 1 }]],
  ["gives a function", () => () => true],
  ["gives an unknown column", () => ({ nothing: 1 })],
  ["gives undefined for a value", () => ({ ownerId: undefined })],
  ["gives a value of another kind", () => ({ ownerId: "one" })],
  [
    "gives a getter that throws",
    () => ({
      get ownerId() {
        throw new Error("secret of the scope");
      },
    }),
  ],
])(
  "P7: pitfall 2: a scope that %s shows nothing, is an error of its own list, and is logged",
  async (_, scope) => {
    const fixture = await startFixture({
      api: api({ scope: (({ user }: { user: unknown }) => (user === null ? true : scope())) as never }),
    });
    await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
    const [client, other] = [await fixture.connect(1), await fixture.connect()];
    await other.open("s", list);
    await expect(client.open("s", list)).rejects.toMatchObject({ code: "internal" });
    await expect(
      client.request("r", { resource: "tasks", action: "retrieve", key: 1 }),
    ).rejects.toMatchObject({
      code: "internal",
    });
    await fixture.run("update tasks set text = 'told'");
    await other.ping();
    expect(other.rows("s")).toMatchObject([{ text: "told" }]);
    expect(fixture.logged.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(client.frames)).not.toMatch(/secret|told/);
  },
);

test.each([
  ["a big integer", () => 10n],
  ["itself", (row: object) => ({ row })],
  [
    "a circle",
    () => {
      const circle: Record<string, unknown> = {};
      circle.circle = circle;
      return circle;
    },
  ],
  ["a symbol", () => Symbol("x")],
])("P7: pitfall 2: a computed field that gives %s harms its own list at most", async (_, field) => {
  const fixture = await startFixture({
    api: api({ fields: ["id"], computed: { odd: field as never } }),
  });
  const client = await fixture.connect(1);
  await client.open("plain", { resource: "others", action: "list" });
  await client.open("odd", list);
  await fixture.run("insert into tasks (id) values (1)");
  await client.ping();
  expect(client.rows("plain")).toHaveLength(1);
  expect(client.closes).toEqual([]);
});
