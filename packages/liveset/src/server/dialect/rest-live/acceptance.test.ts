import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Api } from "../../api.ts";
import { defineApi } from "../../define-api.ts";
import { perCaller } from "../../per-caller.ts";
import { resource } from "../../resource.ts";
import { startRestLive, todos } from "./rest-live.fixture.ts";

// The cases of django-rest-live's own test suite (0.7.0), in its order and by its names.

const model = "test_app.Todo";
const api: Api = defineApi({
  todos: resource(todos, { model, filters: ["text", "done"], search: ["text"], orderBy: ["id", "text"] }),
});
const list = { model, action: "list" };
const todo = (id: number, text: string, done = false) => ({ id, text, done });
const told = (id: unknown, action: string, instance: object) => ({
  type: "broadcast",
  id,
  model,
  action,
  instance,
});
const key = (id: number) => ({ pk: id, id });
const refused = (id: unknown, code: number, message: string) => ({ type: "error", id, code, message });

describe("single rows", () => {
  test("1 single_update", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'test', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1337, model, action: "retrieve", lookup_by: 1 });
    await server.run("update todos set text = 'changed' where id = 1");
    expect(await client.rest()).toEqual([told(1337, "UPDATED", todo(1, "changed"))]);
  });

  test("2 list_unsubscribe", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'test', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1337, model, action: "retrieve", lookup_by: 1 });
    await server.run("update todos set text = 'changed' where id = 1");
    expect(await client.rest()).toHaveLength(1);
    client.send({ type: "unsubscribe", id: 1337 });
    expect(await client.rest()).toEqual([]);
    await server.run("update todos set text = 'again' where id = 1");
    expect(await client.rest()).toEqual([]);
  });
});

describe("lists", () => {
  test("3 subscribe_create and 4 unsubscribe", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([told(1, "CREATED", todo(1, "test"))]);
    client.send({ type: "unsubscribe", id: 1 });
    await server.run("insert into todos values (2, 'more', 0)");
    expect(await client.rest()).toEqual([]);
  });

  test("5 unsubscribe_does_stack", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: "req1", ...list });
    await client.subscribe({ id: "req2", ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual(["req1", "req2"].map((id) => told(id, "CREATED", todo(1, "test"))));
    client.send({ type: "unsubscribe", id: "req1" });
    await server.run("update todos set done = 1");
    expect(await client.rest()).toEqual([told("req2", "UPDATED", todo(1, "test", true))]);
    client.send({ type: "unsubscribe", id: "req2" });
    await server.run("update todos set done = 0");
    expect(await client.rest()).toEqual([]);
  });

  test("6 subscribe_update and 7 subscribe_delete", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'test', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("update todos set text = 'changed'");
    expect(await client.rest()).toEqual([told(1, "UPDATED", todo(1, "changed"))]);
    await server.run("delete from todos");
    expect(await client.rest()).toEqual([told(1, "DELETED", key(1))]);
  });
});

describe("permissions", () => {
  const signedIn: Api = defineApi({
    todos: resource(todos, { model, permissions: { list: ({ user }) => user !== null } }),
  });

  test("8 no_permission", async () => {
    const server = await startRestLive(signedIn);
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list });
    expect(await client.next()).toEqual(
      refused(1, 403, "Unauthorized to subscribe to test_app.Todo for action list"),
    );
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([]);
  });

  test("9 with_permission", async () => {
    const server = await startRestLive(signedIn);
    const client = await server.connect(7);
    await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([told(1, "CREATED", todo(1, "test"))]);
  });

  test("10 conditional_serializers: each caller has the fields that are his", async () => {
    const server = await startRestLive(
      defineApi({
        todos: resource(todos, {
          model,
          computed: { auth: () => "ADMIN" },
          fieldsFor: ({ user }) => ["text", "done", ...(user === null ? [] : ["auth"])],
        }),
      }),
    );
    const [anonymous, signedInClient] = [await server.connect(), await server.connect(7)];
    for (const client of [anonymous, signedInClient]) await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await anonymous.rest()).toEqual([told(1, "CREATED", todo(1, "test"))]);
    expect(await signedInClient.rest()).toEqual([told(1, "CREATED", { ...todo(1, "test"), auth: "ADMIN" })]);
  });
});

describe("view_kwargs and query_params", () => {
  const password: Api = defineApi({
    todos: resource(todos, {
      model,
      search: ["text"],
      params: { password: z.string().optional() },
      permissions: { list: ({ params }) => params.password === "opensesame" },
    }),
  });

  test("11 permission_with_kwargs_fails", async () => {
    const server = await startRestLive(password);
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list });
    expect(await client.next()).toEqual(
      refused(1, 403, "Unauthorized to subscribe to test_app.Todo for action list"),
    );
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([]);
  });

  test.each([
    ["12 permission_with_kwargs_succeeds", { view_kwargs: { password: "opensesame" } }],
    ["13 permission_with_params_succeeds", { query_params: { password: "opensesame" } }],
  ])("%s", async (_, given) => {
    const server = await startRestLive(password);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list, ...given });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([told(1, "CREATED", todo(1, "test"))]);
  });

  test("14 serializer_with_kwargs: a computed field says what view_kwargs say, and the key is there too (differs: the key is always shown)", async () => {
    const server = await startRestLive(
      defineApi({
        todos: resource(todos, {
          model,
          fields: [],
          params: { password: z.string().optional(), message: z.string().optional() },
          computed: { message: perCaller((_, { params }) => String(params.message)) },
          permissions: { list: ({ params }) => params.password === "opensesame" },
        }),
      }),
    );
    const client = await server.connect();
    for (const message of ["hello", "bye"])
      await client.subscribe({ id: message, ...list, view_kwargs: { password: "opensesame", message } });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual(
      ["hello", "bye"].map((message) => told(message, "CREATED", { id: 1, message })),
    );
  });

  test("15 list: rows enter and leave by a search", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list, query_params: { search: "hello" } });
    await server.run("insert into todos values (1, 'hello world', 0)");
    await server.run("update todos set done = 1");
    await server.run("update todos set text = 'goodbye world'");
    await server.run("insert into todos values (2, 'no match', 0)");
    expect(await client.rest()).toEqual([
      told(1, "CREATED", todo(1, "hello world")),
      told(1, "UPDATED", todo(1, "hello world", true)),
      told(1, "DELETED", key(1)),
    ]);
  });

  test("16 retrieve: a row that no longer matches a search is gone", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'hello world', 0)");
    const client = await server.connect();
    const retrieve = { model, action: "retrieve", lookup_by: 1 };
    await client.subscribe({ id: 1, ...retrieve, query_params: { search: "hello" } });
    client.send({ type: "subscribe", id: 2, ...retrieve, query_params: { search: "nope" } });
    expect(await client.next()).toMatchObject({ type: "error", id: 2, code: 404 });
    await server.run("update todos set done = 1");
    await server.run("update todos set text = 'goodbye world'");
    expect(await client.rest()).toEqual([
      told(1, "UPDATED", todo(1, "hello world", true)),
      told(1, "DELETED", key(1)),
    ]);
  });
});

describe("querysets", () => {
  const special: Api = defineApi({ todos: resource(todos, { model, scope: () => ({ text: "special" }) }) });

  test("17 empty_not_found_list and 19 filter_matches", async () => {
    const server = await startRestLive(special);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    await server.run("insert into todos values (2, 'special', 0)");
    expect(await client.rest()).toEqual([told(1, "CREATED", todo(2, "special"))]);
  });

  test("18 empty_not_found_individual", async () => {
    const server = await startRestLive(special);
    await server.run("insert into todos values (1, 'test', 0)");
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, model, action: "retrieve", lookup_by: 1 });
    expect(await client.next()).toEqual(
      refused(1, 404, "Instance not found. Make sure 'lookup_by' is set to a valid ID"),
    );
    await server.run("update todos set text = 'special'");
    expect(await client.rest()).toEqual([]);
  });

  test("20 matches_then_doesnt", async () => {
    const server = await startRestLive(special);
    await server.run("insert into todos values (1, 'special', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("update todos set text = 'not special'");
    await server.run("update todos set text = 'still not'");
    expect(await client.rest()).toEqual([told(1, "DELETED", key(1))]);
  });

  test("21 doesnt_match_then_does", async () => {
    const server = await startRestLive(special);
    await server.run("insert into todos values (1, 'not special', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("update todos set text = 'special'");
    expect(await client.rest()).toEqual([told(1, "CREATED", todo(1, "special"))]);
  });

  test("22 Annotation: a computed field comes with each broadcast", async () => {
    const server = await startRestLive(
      defineApi({
        todos: resource(todos, {
          model,
          fields: ["text"],
          computed: { textLength: ({ text }) => text.length },
        }),
      }),
    );
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'test', 0)");
    await server.run("update todos set text = 'longer'");
    expect(await client.rest()).toEqual([
      told(1, "CREATED", { id: 1, text: "test", textLength: 4 }),
      told(1, "UPDATED", { id: 1, text: "longer", textLength: 6 }),
    ]);
  });

  test.each([
    ["23 Lookup field list", { action: "list" }],
    ["24 Lookup field retrieve", { action: "retrieve", lookup_by: "test" }],
  ])(
    "%s: the row is followed by its key, and its last value of the field stands in DELETED (differs: pk stands there too)",
    async (_, asked) => {
      const server = await startRestLive(
        defineApi({ todos: resource(todos, { model, lookupBy: ["text"] }) }),
      );
      await server.run("insert into todos values (1, 'test', 0)");
      const client = await server.connect();
      await client.subscribe({ id: 1, model, ...asked });
      await server.run("update todos set text = 'renamed'");
      await server.run("delete from todos");
      expect(await client.rest()).toEqual([
        told(1, "UPDATED", todo(1, "renamed")),
        told(1, "DELETED", { text: "renamed", pk: 1, id: 1 }),
      ]);
    },
  );
});

describe("private endpoints", () => {
  test("25 reject_no_auth", async () => {
    const server = await startRestLive(api, { restLive: { public: false } });
    const client = await server.connect();
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4003);
  });

  test("26 reject_no_middleware: where nobody is ever signed in, nobody is let in", async () => {
    const server = await startRestLive(api, { restLive: { public: false }, authenticate: () => null });
    const client = await server.connect(7);
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4003);
  });

  test("27 accept_with_auth", async () => {
    const server = await startRestLive(api, { restLive: { public: false } });
    const client = await server.connect(7);
    await client.subscribe({ id: 1, ...list });
    expect(client.closed).toBeNull();
  });
});

describe("two views of one table", () => {
  const twice: Api = defineApi({
    open: resource(todos, { model: "open.Todo" }),
    guarded: resource(todos, { model: "guarded.Todo", permissions: { list: ({ user }) => user !== null } }),
  });

  test("28 one_per_router", async () => {
    const server = await startRestLive(twice);
    const [first, second] = [await server.connect(7), await server.connect(7)];
    await first.subscribe({ id: 1, model: "open.Todo", action: "list" });
    await second.subscribe({ id: 1, model: "guarded.Todo", action: "list" });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await first.rest()).toEqual([{ ...told(1, "CREATED", todo(1, "test")), model: "open.Todo" }]);
    expect(await second.rest()).toEqual([{ ...told(1, "CREATED", todo(1, "test")), model: "guarded.Todo" }]);
  });

  test("29 only_to_one", async () => {
    const server = await startRestLive(twice);
    const [first, second] = [await server.connect(), await server.connect()];
    await first.subscribe({ id: 1, model: "open.Todo", action: "list" });
    second.send({ type: "subscribe", id: 1, model: "guarded.Todo", action: "list" });
    expect(await second.next()).toMatchObject({ type: "error", id: 1, code: 403 });
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await first.rest()).toHaveLength(1);
    expect(await second.rest()).toEqual([]);
  });
});

describe("setup and API", () => {
  test("30 view_no_mixin and 32 not_apiview: what is no resource is refused by its name", () => {
    for (const view of [todos, undefined, class View {}, () => []])
      expect(() => defineApi({ view: view as never })).toThrow(
        'Resource "view": expected what resource(table, …) returns.',
      );
  });

  test("31 model_has_two_views", () => {
    expect(() => defineApi({ a: resource(todos, { model }), b: resource(todos, { model }) })).toThrow(
      'the model label "test_app.Todo" is that of "a"',
    );
  });

  test("33 no_queryset_attribute: a resource has its table from the beginning", () => {
    for (const table of [undefined, {}, () => todos])
      expect(() => defineApi({ view: resource(table as never) })).toThrow(
        'Resource "view": Expected a Drizzle table made by sqliteTable(…) or pgTable(…).',
      );
  });

  test.each([
    [
      "34 unsubscribe_before_subscribe",
      { type: "unsubscribe", id: 1337 },
      404,
      "Attempted to unsubscribe for request ID before subscribing.",
    ],
    ["35 no_model_in_request", { type: "subscribe", id: 1337, action: "list" }, 400, "No model specified."],
    [
      "36 no_value_in_request",
      { type: "subscribe", id: 1337, model },
      400,
      "`action` must be present and the value must be either `list` or `retrieve`.",
    ],
    [
      "37 subscribe_to_unknown_model",
      { type: "subscribe", id: 1337, model: "blah.Blah", action: "list" },
      404,
      "Model blah.Blah not registered for realtime updates.",
    ],
  ])("%s", async (_, frame, code, message) => {
    const server = await startRestLive(api);
    const client = await server.connect();
    client.send(frame);
    expect(await client.next()).toEqual(refused(1337, code, message));
    await server.run("insert into todos values (1, 'test', 0)");
    expect(await client.rest()).toEqual([]);
  });
});
