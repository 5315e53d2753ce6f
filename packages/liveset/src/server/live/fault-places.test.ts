import { describe, expect, test } from "vitest";
import { action } from "../action.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { gate, startFixture, tasks } from "./live.fixture.ts";

type Options = Parameters<typeof resource<typeof tasks>>[1];

function fails(): never {
  throw new Error("secret of the server");
}

/** Where code of the user's runs for a call, and a call that it runs for. */
const places: readonly (readonly [
  place: string,
  call: "list" | "retrieve" | "create" | "update" | "patch" | "delete" | "odd",
  options: (fault: () => never) => Options,
])[] = [
  ["beforeCreate", "create", (beforeCreate) => ({ hooks: { beforeCreate } })],
  ["afterCreate", "create", (afterCreate) => ({ hooks: { afterCreate } })],
  ["beforeUpdate", "update", (beforeUpdate) => ({ hooks: { beforeUpdate } })],
  ["afterUpdate", "patch", (afterUpdate) => ({ hooks: { afterUpdate } })],
  ["beforeDelete", "delete", (beforeDelete) => ({ hooks: { beforeDelete } })],
  ["afterDelete", "delete", (afterDelete) => ({ hooks: { afterDelete } })],
  ["the permission to list", "list", (list) => ({ permissions: { list } })],
  ["the permission to retrieve", "retrieve", (retrieve) => ({ permissions: { retrieve } })],
  ["the permission to create", "create", (create) => ({ permissions: { create } })],
  ["the permission to update", "update", (update) => ({ permissions: { update } })],
  ["the permission to patch", "patch", (patch) => ({ permissions: { patch } })],
  ["the permission to delete", "delete", (destroy) => ({ permissions: { delete: destroy } })],
  ["check", "create", (check) => ({ check })],
  ["a computed field", "patch", (odd) => ({ computed: { odd } })],
  [
    "an action's permission",
    "odd",
    (permission) => ({ actions: { odd: action(tasks, { detail: false, permission, run: () => 1 }) } }),
  ],
  [
    "the schema of an action's input",
    "odd",
    (validate) => ({
      actions: {
        odd: action(tasks, {
          detail: false,
          input: { "~standard": { version: 1, vendor: "test", validate } },
          run: () => 1,
        }),
      },
    }),
  ],
  ["an action", "odd", (run) => ({ actions: { odd: action(tasks, { detail: false, run }) } })],
];

const calls = {
  list: {},
  retrieve: { key: 1 },
  create: { data: { id: 2, text: "new" } },
  update: { key: 1, data: { text: "new" } },
  patch: { key: 1, data: { text: "new" } },
  delete: { key: 1 },
  odd: {},
} as const;

describe.each([
  ["throws", fails],
  ["rejects", () => Promise.reject(new Error("secret of the server")) as never],
] as const)("P7: user code that %s", (_how, fault) => {
  test.each(places)(
    "in %s (%s) fails that call alone, changes nothing, tells nobody, and is logged",
    async (_, call, options) => {
      const fixture = await startFixture({
        api: defineApi({ tasks: resource(tasks, options(fault)), others: resource(tasks) }),
      });
      await fixture.run("insert into tasks (id, text) values (1, 'old')");
      const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
      await other.open("s", { resource: "others", action: "list" });
      const failing = client.request("r", { resource: "tasks", action: call, ...calls[call] });
      await expect(failing).rejects.toMatchObject({ code: "internal", status: 500 });
      await Promise.all([client.ping(), other.ping()]);
      expect(other.rows("s")).toMatchObject([{ id: 1, text: "old" }]);
      expect(fixture.logged).not.toEqual([]);
      expect(JSON.stringify(client.frames)).not.toContain("secret of");
      const next = client.request("n", {
        resource: "others",
        action: "patch",
        key: 1,
        data: { text: "next" },
      });
      await expect(next).resolves.toMatchObject({ status: 200 });
    },
  );
});

test.each(places.filter(([place]) => place !== "a computed field"))(
  "P7: user code that hangs in %s (%s) is a timeout of that call alone, changes nothing, and frees the way for others",
  async (_, call, options) => {
    const started = gate();
    const hang = (): never => {
      started.open();
      return new Promise<never>(() => {}) as never;
    };
    const fixture = await startFixture({
      limits: { heartbeat: 1e6 },
      api: defineApi({ tasks: resource(tasks, options(hang)), others: resource(tasks) }),
    });
    await fixture.run("insert into tasks (id, text) values (1, 'old')");
    const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
    await other.open("s", { resource: "others", action: "list" });
    const hanging = client.request("r", { resource: "tasks", action: call, ...calls[call] });
    hanging.catch(() => {});
    await started.opened;
    fixture.clock.advance(30_000);
    await expect(hanging).rejects.toMatchObject({ code: "timeout", status: 503 });
    await other.ping();
    expect(other.rows("s")).toMatchObject([{ id: 1, text: "old" }]);
    const next = other.request("n", { resource: "others", action: "patch", key: 1, data: { text: "next" } });
    await expect(next).resolves.toMatchObject({ status: 200 });
  },
);

test("P7: a computed field that gives a promise, which hangs or rejects, fails the call, and nothing waits for it", async () => {
  for (const odd of [() => new Promise(() => {}), () => Promise.reject(new Error("secret of the server"))]) {
    const fixture = await startFixture({
      api: defineApi({ tasks: resource(tasks, { computed: { odd } }), others: resource(tasks) }),
    });
    await fixture.run("insert into tasks (id, text) values (1, 'old')");
    const client = await fixture.connect(1);
    await client.open("others", { resource: "others", action: "list" });
    for (const call of ["list", "retrieve"] as const) {
      const failing = client.request(call, { resource: "tasks", action: call, ...calls[call] });
      await expect(failing).rejects.toMatchObject({ code: "internal" });
    }
    await expect(client.open("s", { resource: "tasks", action: "list" })).rejects.toMatchObject({
      code: "internal",
    });
    await fixture.run("update tasks set text = 'new'");
    await client.ping();
    expect(client.rows("others")).toMatchObject([{ text: "new" }]);
    expect(JSON.stringify(client.frames)).not.toContain("secret of");
  }
});

const circle: Record<string, unknown> = {};
circle.circle = circle;

/** What is no answer of its place, although the code did not fail. */
const nonsense: readonly (readonly [
  place: string,
  call: keyof typeof calls,
  options: Options,
  code: string,
])[] = [
  ...[undefined, null, 1, "yes", {}].map(
    (answer) =>
      [
        `the permission to patch, that gives ${JSON.stringify(answer)}`,
        "patch",
        { permissions: { patch: () => answer as never } },
        "forbidden",
      ] as const,
  ),
  [
    "an action, that gives a circle",
    "odd",
    { actions: { odd: action(tasks, { detail: false, run: () => circle }) } },
    "internal",
  ],
  ["beforeCreate, that gives a number", "create", { hooks: { beforeCreate: () => 1 as never } }, "internal"],
  [
    "beforeCreate, that gives no such column",
    "create",
    { hooks: { beforeCreate: () => ({ none: 1 }) as never } },
    "internal",
  ],
  [
    "beforeUpdate, that gives a text",
    "patch",
    { hooks: { beforeUpdate: () => "secret of the server" as never } },
    "internal",
  ],
  ["check, that gives a number", "create", { check: () => 1 as never }, "internal"],
];

test.each(nonsense)(
  "P7: nonsense from %s (%s) fails that call, and changes nothing",
  async (_, call, options, code) => {
    const fixture = await startFixture({
      api: defineApi({ tasks: resource(tasks, options), others: resource(tasks) }),
    });
    await fixture.run("insert into tasks (id, text) values (1, 'old')");
    const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
    await other.open("s", { resource: "others", action: "list" });
    const failing = client.request("r", { resource: "tasks", action: call, ...calls[call] });
    await expect(failing).rejects.toMatchObject({
      code,
    });
    await Promise.all([client.ping(), other.ping()]);
    expect(other.rows("s")).toMatchObject([{ id: 1, text: "old" }]);
    expect(JSON.stringify(client.frames)).not.toContain("secret of");
  },
);
