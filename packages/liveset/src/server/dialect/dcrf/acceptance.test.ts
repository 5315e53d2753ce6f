import { describe, expect, test } from "vitest";
import type { Api } from "../../api.ts";
import { defineApi } from "../../define-api.ts";
import { gate } from "../../live/live.fixture.ts";
import { observer } from "../../observer.ts";
import { resource } from "../../resource.ts";
import { type DcrfClient, gates, type Reply, startDcrf, things } from "./dcrf.fixture.ts";

// What djangochannelsrestframework 1.3 does on the wire, and what dcrf-client 0.3.0 and 1.1.0 rely on.

const uuid = "0b1c2d3e-0000-4000-8000-000000000001";
const ok = (request_id: unknown, action: string, data: unknown, response_status = 200) => ({
  stream: "things_with_id",
  errors: [],
  data,
  action,
  response_status,
  request_id,
});
const refused = (request_id: unknown, action: unknown, response_status: number, error: unknown) => ({
  stream: "things_with_id",
  errors: [error],
  data: null,
  action,
  response_status,
  request_id,
});
const thing = (id: number, name: string, counter = 0) => ({ id, name, counter });
const insert = "insert into things (id, name, counter) values";

/** Asks on the stream whose rows have an `id`. */
function ask(client: DcrfClient, payload: object): Promise<Reply> {
  return client.ask("things_with_id", payload);
}

async function subscribed(client: DcrfClient, pk: number, request_id: unknown): Promise<void> {
  const reply = await ask(client, { action: "subscribe_instance", pk, request_id });
  expect(reply).toEqual(ok(request_id, "subscribe_instance", null, 201));
}

describe("the envelope", () => {
  test("case 1.2: a reply has the envelope and exactly five keys, in the order of the original", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    await ask(client, { action: "list", data: {}, request_id: "a9" });
    expect(client.texts).toEqual([
      '{"stream":"things_with_id","payload":{"errors":[],"data":[],"action":"list","response_status":200,"request_id":"a9"}}',
    ]);
  });

  test.each([["x"], [""], [0], [7], [1.5], [true], [{ a: [1] }], [[null]]])(
    "case 1.3: request_id %j is echoed as it is",
    async (request_id) => {
      const server = await startDcrf();
      const client = await server.connect();
      expect(await ask(client, { action: "list", request_id })).toEqual(ok(request_id, "list", []));
    },
  );

  test.each(["12345678901234567890", "1.0", "1e400", "-0.10"])(
    "case 1.3c: request_id %s, which JavaScript would write otherwise, is echoed as it is",
    async (digits) => {
      const server = await startDcrf();
      const client = await server.connect();
      client.sendText(`{"stream":"things","payload":{"action":"list","request_id":${digits}}}`);
      await client.next();
      expect(client.texts[0]).toContain(`"request_id":${digits}}}`);
    },
  );

  test("case 1.3a: without a request_id null is echoed", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "list" })).toEqual(ok(null, "list", []));
  });

  test("case 1.3b: arguments and keys that nobody knows are ignored", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    const noise = { token: "t", __proto__x: 1, nothing: null };
    client.sendText(
      JSON.stringify({
        stream: "things_with_id",
        extra: 1,
        payload: { action: "list", request_id: 1, ...noise },
      }),
    );
    expect(await client.next()).toEqual(ok(1, "list", [thing(1, "a")]));
    const patch = { action: "patch", pk: 1, data: { counter: 1, ...noise }, request_id: 2, ...noise };
    expect(await ask(client, patch)).toEqual(ok(2, "patch", thing(1, "a", 1)));
    expect(await ask(client, { action: "nothing", request_id: 3, ...noise })).toMatchObject({
      response_status: 204,
    });
  });
});

describe("operations", () => {
  test("case 1.5.1: list is a bare array of all rows, however small the resource's pages are", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0), (3, 'c', 0), (4, 'd', 0), (5, 'e', 0)`);
    const client = await server.connect();
    const { data } = await ask(client, { action: "list", data: {}, request_id: 1 });
    expect(data).toEqual(["a", "b", "c", "d", "e"].map((name, index) => thing(index + 1, name)));
  });

  test("case 1.5.1a: declared filters, an order and parameters narrow a list, at the top level and in data", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 5), (3, 'c', 9)`);
    const client = await server.connect();
    const names = async (payload: object): Promise<unknown> => {
      const { data } = await ask(client, { action: "list", request_id: 1, ...payload });
      return (data as { name: string }[]).map(({ name }) => name);
    };
    expect(await names({ counter__gt: 1, ordering: "-name" })).toEqual(["c", "b"]);
    expect(await names({ data: { name: "a" } })).toEqual(["a"]);
    expect(await names({ name__in: ["a", "c"] })).toEqual(["a", "c"]);
    expect(await names({ least: 6 })).toEqual(["c"]);
    expect(await ask(client, { action: "list", request_id: 2, counter: "many" })).toMatchObject({
      response_status: 400,
      errors: [{ counter: [expect.stringContaining("many")] }],
    });
  });

  test("case 1.5.2: a paginated list has count, results, limit and offset; bad values are the defaults, limit has a most", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    const page = async (payload: object): Promise<unknown> =>
      (await client.ask("paged", { action: "list", request_id: 1, ...payload })).data;
    expect(await page({})).toEqual({ count: 0, results: [], limit: 2, offset: 0 });
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0), (3, 'c', 0), (4, 'd', 0)`);
    const rows = ["a", "b", "c", "d"].map((name, index) => thing(index + 1, name));
    expect(await page({})).toEqual({ count: 4, results: rows.slice(0, 2), limit: 2, offset: 0 });
    expect(await page({ limit: 1, offset: 1 })).toEqual({
      count: 4,
      results: rows.slice(1, 2),
      limit: 1,
      offset: 1,
    });
    expect(await page({ limit: "1", offset: "3" })).toEqual({
      count: 4,
      results: rows.slice(3),
      limit: 1,
      offset: 3,
    });
    expect(await page({ offset: 9 })).toEqual({ count: 4, results: [], limit: 2, offset: 9 });
    expect(await page({ limit: 100 })).toEqual({ count: 4, results: rows.slice(0, 3), limit: 3, offset: 0 });
    for (const bad of [
      { limit: -1 },
      { limit: 0 },
      { limit: "x" },
      { limit: null },
      { offset: -1 },
      { offset: {} },
    ])
      expect(await page(bad)).toEqual({ count: 4, results: rows.slice(0, 2), limit: 2, offset: 0 });
  });

  test("case 1.5.3: a streamed list comes page after page with one request_id, and the last has offset >= count - limit", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0), (3, 'c', 0)`);
    const client = await server.connect();
    client.send("streamed", { action: "list", request_id: 1 });
    const pages = [await client.next(), await client.next()];
    expect(pages.map(({ data, request_id, response_status }) => [data, request_id, response_status])).toEqual(
      [
        [{ count: 3, results: [thing(1, "a"), thing(2, "b")], limit: 2, offset: 0 }, 1, 200],
        [{ count: 3, results: [thing(3, "c")], limit: 2, offset: 2 }, 1, 200],
      ],
    );
    expect(await client.ask("streamed", { action: "list_cancel", request_id: 2 })).toMatchObject({
      response_status: 200,
      data: null,
      request_id: 2,
    });
    expect(await client.rest("streamed")).toEqual([]);
  });

  test("case 1.5.3a: list_cancel ends every list that is being streamed, and other requests are answered meanwhile (differs: the original skips every second)", async () => {
    const server = await startDcrf();
    await server.run(
      `${insert} ${Array.from({ length: 40 }, (_, index) => `(${index + 1}, 'n${index}', 0)`).join()}`,
    );
    const client = await server.connect();
    const release = client.pair.hold("client");
    for (const request_id of ["L1", "L2", "L3"]) client.send("streamed", { action: "list", request_id });
    client.send("streamed", { action: "retrieve", pk: 1, request_id: "meanwhile" });
    client.send("streamed", { action: "list_cancel", request_id: "cancel" });
    await expect.poll(() => client.pair.server.bufferedAmount).toBeGreaterThan(0);
    release();
    const seen: unknown[] = [];
    while (!seen.includes("cancel")) seen.push((await client.next()).request_id);
    expect(seen).toContain("meanwhile");
    const late = await client.rest("streamed");
    expect(late.length).toBeLessThanOrEqual(3);
    expect(await client.rest("streamed")).toEqual([]);
  });

  test("case 1.5.3b: pages are of one snapshot: rows that come and go meanwhile neither shift nor repeat (differs: the original reads each page anew)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0), (3, 'c', 0)`);
    const client = await server.connect();
    const release = client.pair.hold("client");
    client.send("streamed", { action: "list", request_id: 1 });
    await expect.poll(() => client.pair.server.bufferedAmount).toBeGreaterThan(0);
    await server.run("delete from things where id = 1");
    release();
    const pages = [await client.next(), await client.next()];
    expect(
      pages.flatMap(({ data }) => (data as { results: { id: number }[] }).results.map(({ id }) => id)),
    ).toEqual([1, 2, 3]);
  });

  test("case 1.5.4: retrieve takes a key as number or text; what is no key is 404", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    for (const pk of [1, "1"])
      expect(await ask(client, { action: "retrieve", pk, request_id: 1 })).toEqual(
        ok(1, "retrieve", thing(1, "a")),
      );
    for (const pk of [2, "x", "01", null, [1], { a: 1 }, true, 1.5])
      expect(await ask(client, { action: "retrieve", pk, request_id: 1 })).toEqual(
        refused(1, "retrieve", 404, "Not found"),
      );
    expect(await client.ask("things", { action: "retrieve", pk: 1, request_id: 1 })).toMatchObject({
      data: { pk: 1, name: "a", counter: 0 },
    });
  });

  test("case 1.5.5: create is 201 with the object", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    const create = { action: "create", data: { name: "a", id: 99, unknown: 1 }, request_id: 1 };
    expect(await ask(client, create)).toEqual(ok(1, "create", thing(1, "a"), 201));
  });

  test("case 1.5.6: update validates fully, patch what is given; both ignore the key, unknown and read-only fields", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    expect(await ask(client, { action: "update", pk: 1, data: { counter: 1 }, request_id: 1 })).toEqual(
      refused(1, "update", 400, { name: ["This field is required."] }),
    );
    expect(await ask(client, { action: "update", pk: 1, data: { name: "b" }, request_id: 2 })).toEqual(
      ok(2, "update", thing(1, "b", 3)),
    );
    const data = { counter: 4, id: 7, store: "hidden", unknown: 1 };
    expect(await ask(client, { action: "patch", pk: 1, data, request_id: 3 })).toEqual(
      ok(3, "patch", thing(1, "b", 4)),
    );
    expect(
      await client.ask("things", { action: "patch", pk: 1, data: { pk: 1, counter: 5 }, request_id: 4 }),
    ).toMatchObject({ response_status: 200, data: { pk: 1, name: "b", counter: 5 } });
    for (const action of ["update", "patch", "delete"])
      expect(await ask(client, { action, pk: 9, data: { name: "x" }, request_id: 5 })).toEqual(
        refused(5, action, 404, "Not found"),
      );
  });

  test("case 1.5.7: delete is 204 with null, the second 404", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    expect(await ask(client, { action: "delete", pk: 1, data: {}, request_id: 1 })).toEqual(
      ok(1, "delete", null, 204),
    );
    expect(await ask(client, { action: "delete", pk: 1, data: {}, request_id: 2 })).toEqual(
      refused(2, "delete", 404, "Not found"),
    );
  });
});

describe("lookup_field", () => {
  test("case 1.5.11: a row is named by a field that lookupBy declares; one that is not declared is not heard", async () => {
    const api: Api = defineApi({
      things: resource(things, { fields: ["name", "counter"], lookupBy: ["name"] }),
    });
    const server = await startDcrf({ api });
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    const named = { name: "a", request_id: 1 };
    expect(await client.ask("things", { action: "retrieve", ...named })).toMatchObject({
      data: thing(1, "a", 3),
    });
    expect(await client.ask("things", { action: "patch", data: { counter: 4 }, ...named })).toMatchObject({
      data: thing(1, "a", 4),
    });
    expect(await client.ask("things", { action: "retrieve", counter: 4, request_id: 1 })).toMatchObject({
      response_status: 400,
    });
    expect(await client.ask("things", { action: "delete", ...named })).toMatchObject({
      response_status: 204,
    });
    expect(await client.ask("things", { action: "retrieve", ...named })).toMatchObject({
      response_status: 404,
    });
  });
});

describe("actions", () => {
  test("case 1.5.8: an action of a row answers what it returns; a row that is not there is 404", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    expect(await ask(client, { action: "increment", pk: 1, request_id: 10 })).toEqual(
      ok(10, "increment", { counter: 4 }),
    );
    expect(await ask(client, { action: "increment", pk: 2, request_id: 10 })).toEqual(
      refused(10, "increment", 404, "Not found"),
    );
  });

  test("case 1.5.9: arguments stand in the payload or in its data, and are validated", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    const said = { said: "hello" };
    for (const payload of [said, { data: said }, { token: "x", data: said }])
      expect(await ask(client, { action: "echo", request_id: 1, ...payload })).toEqual(ok(1, "echo", said));
    expect(await ask(client, { action: "echo", request_id: 1, said: 5 })).toMatchObject({
      response_status: 400,
      errors: [{ said: [expect.any(String)] }],
    });
  });

  test("case 1.5.10: an action replies any number of times, in order, and once more where it returns something", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    const replies = async (action: string): Promise<unknown> => {
      client.send("things_with_id", { action, request_id: 1 });
      return (await client.rest("things_with_id")).map(({ data, response_status }) => [
        data,
        response_status,
      ]);
    };
    expect(await replies("thrice")).toEqual([
      [{ n: 1 }, 200],
      [{ n: 2 }, 202],
      [{ n: 3 }, 200],
    ]);
    expect(await replies("twice")).toEqual([
      [{ n: 1 }, 200],
      [{ n: 2 }, 200],
    ]);
    expect(await replies("nothing")).toEqual([[null, 204]]);
    expect(await replies("mute")).toEqual([]);
    expect(await replies("undone")).toEqual([[null, 409]]);
  });

  test("case DCRF test_detached_action: a detached request waits, the next one is answered first", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "aside", request_id: 1 })).toEqual(ok(1, "aside", "begun"));
    expect(await ask(client, { action: "echo", said: "2", request_id: 2 })).toMatchObject({ request_id: 2 });
    await server.run(`${insert} (1, 'a', 3)`);
    gates.current.open();
    expect(await client.next()).toEqual(ok(1, "aside", { waited: 1 }));
  });

  test("case DCRF test_error_in_detached_action: a refusal in it is answered", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "aside_throttled", request_id: 1 })).toEqual(
      refused(1, "aside_throttled", 429, "Request was throttled."),
    );
  });
});

describe("errors", () => {
  test("case 1.6.1: what is wrong with fields stands under their names in one object", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    const create = (data: unknown) => ask(client, { action: "create", data, request_id: 1 });
    expect(await create({})).toEqual(refused(1, "create", 400, { name: ["This field is required."] }));
    expect(await create({ name: null })).toEqual(
      refused(1, "create", 400, { name: ["This field may not be null."] }),
    );
    expect(await create({ name: "x", counter: "many" })).toEqual(
      refused(1, "create", 400, { counter: [expect.any(String)] }),
    );
  });

  test("case 1.6.2: a unique constraint is 400 with the model's name", async () => {
    const table = (await import("drizzle-orm"))
      .sql`create table things (id integer primary key, name text not null unique,
      counter integer not null default 0, store text not null default '')`;
    const server = await startDcrf({ tables: [table] });
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    expect(await ask(client, { action: "create", data: { name: "a" }, request_id: 1 })).toEqual(
      refused(1, "create", 400, { name: ["thing with this name already exists."] }),
    );
  });

  test.each([["x"], [5], [[1]], [null], [true]])("case 1.6.3: data %j is no object", async (data) => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    for (const action of ["create", "update", "patch"])
      expect(await ask(client, { action, pk: 1, data, request_id: 1 })).toEqual(
        refused(1, action, 400, { non_field_errors: [expect.stringContaining("Expected a dictionary")] }),
      );
  });

  test("case 1.6.4: a permission that refuses is 403, never 401, whoever asks", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'precious', 3)`);
    for (const client of [await server.connect(), await server.connect(7)])
      expect(await ask(client, { action: "delete", pk: 1, request_id: 1 })).toEqual(
        refused(1, "delete", 403, "You do not have permission to perform this action."),
      );
  });

  test.each([
    ["1.6.5", { action: "nope" }, "nope", 'Method "nope" not allowed.'],
    ["1.6.6", {}, null, "Unable to find action in message body."],
    ["1.6.7", { action: null }, null, 'Method "None" not allowed.'],
    ["1.6.8", { action: 5 }, null, 'Method "5" not allowed.'],
    ["1.6.8a", { action: "constructor" }, "constructor", 'Method "constructor" not allowed.'],
  ])("case %s: %j is 405", async (_, payload, action, sentence) => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { ...payload, request_id: 1 })).toEqual(refused(1, action, 405, sentence));
  });

  test("case 1.6.9: throttled is 429, with the seconds where they are known", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "throttled", wait: 7, request_id: 1 })).toEqual(
      refused(1, "throttled", 429, "Request was throttled. Expected available in 7 seconds."),
    );
    expect(await ask(client, { action: "throttled", request_id: 1 })).toEqual(
      refused(1, "throttled", 429, "Request was throttled."),
    );
  });

  test("case 1.9.1: an action that throws is 500 without its words, and the socket stays (differs: the original closes the socket with 1011)", async () => {
    const server = await startDcrf({ mayFail: true });
    const client = await server.connect();
    expect(await ask(client, { action: "crash", request_id: 1 })).toEqual(
      refused(1, "crash", 500, "A server error occurred."),
    );
    expect(server.logged).toHaveLength(1);
    expect(await ask(client, { action: "list", request_id: 2 })).toEqual(ok(2, "list", []));
  });

  test.each([
    ["1.9.2", "not JSON"],
    ["1.9.3", "[1]"],
    ["1.9.4", '"text"'],
    ["1.9.5", "{}"],
    ["1.9.6", '{"stream":5,"payload":{}}'],
    ["1.9.7", '{"stream":"things","payload":[]}'],
    ["1.9.8", '{"stream":"things"}'],
  ])(
    "case %s: %s is answered with 400, and the socket stays (differs: the original closes the socket with 1011)",
    async (_, text) => {
      const server = await startDcrf();
      const client = await server.connect();
      client.sendText(text);
      expect(await client.next()).toMatchObject({
        response_status: 400,
        data: null,
        errors: [expect.any(String)],
      });
      expect(await ask(client, { action: "list", request_id: 2 })).toEqual(ok(2, "list", []));
    },
  );

  test("case 1.9.9: a stream that does not exist is 404 under its own name and request_id (differs: the original closes the socket with 1011)", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await client.ask("nope", { action: "list", request_id: 3 })).toMatchObject({
      stream: "nope",
      action: "list",
      response_status: 404,
      request_id: 3,
    });
  });

  test.each([
    ["1.9.10", { action: "create" }, "data"],
    ["1.9.11", { action: "patch", pk: 1 }, "data"],
    ["1.9.12", { action: "retrieve" }, "pk"],
    ["1.9.13", { action: "delete" }, "pk"],
    ["1.9.14", { action: "subscribe_instance" }, "pk"],
  ])(
    "case %s: %j without %s is 400 (differs: the original closes the socket with 1011)",
    async (_, payload, missing) => {
      const server = await startDcrf();
      await server.run(`${insert} (1, 'a', 3)`);
      const client = await server.connect();
      expect(await ask(client, { ...payload, request_id: 1 })).toEqual(
        refused(1, payload.action, 400, { [missing]: ["This field is required."] }),
      );
    },
  );

  test("case 1.9.15: a subscription without a request_id is 400; one with an object as request_id works (differs: the original closes the socket with 1011)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 3)`);
    const client = await server.connect();
    expect(await ask(client, { action: "subscribe_instance", pk: 1 })).toEqual(
      refused(null, "subscribe_instance", 400, { request_id: ["This field is required."] }),
    );
    await subscribed(client, 1, { a: 1 });
    await server.run("update things set counter = 4");
    expect(await client.rest("things_with_id")).toEqual([ok({ a: 1 }, "update", thing(1, "a", 4))]);
  });

  test("case 1.9.16: a key like self, that collides in Python, is any other (differs: the original closes the socket with 1011)", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "list", self: 1, request_id: 1 })).toEqual(ok(1, "list", []));
  });
});

describe("one row", () => {
  test("case 1.7.1: a change is an update with the object, whoever made it, also to its author", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0)`);
    const [author, other] = [await server.connect(), await server.connect()];
    for (const client of [author, other]) await subscribed(client, 1, "s");
    author.send("things_with_id", { action: "patch", pk: 1, data: { counter: 1 }, request_id: "p" });
    expect(await author.rest("things_with_id")).toEqual([
      ok("p", "patch", thing(1, "a", 1)),
      ok("s", "update", thing(1, "a", 1)),
    ]);
    await server.run("update things set counter = 2");
    expect(await author.rest("things_with_id")).toEqual([ok("s", "update", thing(1, "a", 2))]);
    expect(await other.rest("things_with_id")).toEqual([
      ok("s", "update", thing(1, "a", 1)),
      ok("s", "update", thing(1, "a", 2)),
    ]);
  });

  test("case 1.7.2: a deletion is a delete with 204 and {pk}", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await subscribed(client, 1, "s");
    await server.run("delete from things");
    expect(await client.rest("things_with_id")).toEqual([ok("s", "delete", { pk: 1 }, 204)]);
  });

  test("case 1.7.3: the key in events is of the JSON type that the client subscribed with", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await client.ask("things", { action: "subscribe_instance", pk: "1", request_id: 1 });
    await client.ask("things", { action: "subscribe_instance", pk: 1, request_id: 2 });
    await server.run("update things set counter = 1");
    await server.run("delete from things");
    expect((await client.rest()).map(({ request_id, data }) => [request_id, data])).toEqual([
      [1, { pk: "1", name: "a", counter: 1 }],
      [2, { pk: 1, name: "a", counter: 1 }],
      [1, { pk: "1" }],
      [2, { pk: 1 }],
    ]);
  });

  test("case 1.7.4: one request_id for two rows are two subscriptions, ended one by one (differs: the original ends both)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0)`);
    const client = await server.connect();
    for (const pk of [1, 2]) await subscribed(client, pk, 4);
    expect(await ask(client, { action: "unsubscribe_instance", pk: 1, request_id: 4 })).toEqual(
      ok(4, "unsubscribe_instance", null, 204),
    );
    await server.run("update things set counter = 1");
    expect(await client.rest("things_with_id")).toEqual([ok(4, "update", thing(2, "b", 1))]);
  });

  test("case 1.7.5: two subscriptions to one row are two events, and ending one leaves the other (differs: in the original the other falls silent)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    for (const id of [1, 2]) await subscribed(client, 1, id);
    await server.run("update things set counter = 1");
    expect(await client.rest("things_with_id")).toEqual(
      [1, 2].map((id) => ok(id, "update", thing(1, "a", 1))),
    );
    await ask(client, { action: "unsubscribe_instance", pk: 1, request_id: 1 });
    await server.run("update things set counter = 2");
    expect(await client.rest("things_with_id")).toEqual([ok(2, "update", thing(1, "a", 2))]);
  });

  test("case 1.7.6: a row that leaves what the caller may see is a delete, and an update when it returns (differs: the original sends an update with 404)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 5)`);
    const client = await server.connect();
    await ask(client, { action: "subscribe_instance", pk: 1, least: 3, request_id: "s" });
    await server.run("update things set counter = 1");
    expect(await client.rest("things_with_id")).toEqual([ok("s", "delete", { pk: 1 }, 204)]);
    await server.run("update things set counter = 4");
    expect(await client.rest("things_with_id")).toEqual([ok("s", "update", thing(1, "a", 4))]);
  });

  test("case 1.7.7: a transaction that is rolled back is not heard of, and several saves in one are one update", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await subscribed(client, 1, "s");
    await expect(server.run("update things set counter = 9", "nonsense")).rejects.toThrow();
    await server.run(
      "update things set counter = 1",
      "update things set counter = 2",
      "update things set counter = 3",
    );
    const events = await client.rest("things_with_id");
    expect(events.at(-1)).toEqual(ok("s", "update", thing(1, "a", 3)));
    expect(events.every(({ data }) => (data as { counter: number }).counter !== 9)).toBe(true);
  });
});

describe("lists", () => {
  test("case 1.7.8: an observer hears of create, update and delete under the subscription's request_id (differs: a delete has {pk}, not the last values)", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "subscribe_many", request_id: uuid })).toEqual(
      ok(uuid, "subscribe_many", null, 201),
    );
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0)`);
    await server.run("update things set counter = 1 where id = 1");
    await server.run("delete from things where id = 2");
    expect(await client.rest("things_with_id")).toEqual([
      ok(uuid, "create", thing(1, "a")),
      ok(uuid, "create", thing(2, "b")),
      ok(uuid, "update", thing(1, "a", 1)),
      ok(uuid, "delete", { pk: 2 }),
    ]);
    expect(await ask(client, { action: "unsubscribe_many", request_id: uuid })).toEqual(
      ok(uuid, "unsubscribe_many", null, 204),
    );
    await server.run("delete from things");
    expect(await client.rest("things_with_id")).toEqual([]);
  });

  test("case 1.7.9: an observer with arguments follows its own rows: what enters is created, what leaves deleted", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 9)`);
    const client = await server.connect();
    await ask(client, { action: "subscribe_above", above: 5, request_id: 6 });
    await server.run("update things set counter = counter + 6 where id = 1");
    await server.run("update things set counter = 1 where id = 2");
    expect(await client.rest("things_with_id")).toEqual([
      ok(6, "create", thing(1, "a", 6)),
      ok(6, "delete", { pk: 2 }),
    ]);
    expect(await ask(client, { action: "stop_above", above: 5, request_id: 6 })).toMatchObject({
      response_status: 204,
    });
    await server.run("update things set counter = 10");
    expect(await client.rest("things_with_id")).toEqual([]);
  });

  test("case 1.7.10: arguments that are not valid are named", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    expect(await ask(client, { action: "subscribe_above", above: "x", request_id: 1 })).toMatchObject({
      response_status: 400,
      errors: [{ above: [expect.any(String)] }],
    });
    expect(await ask(client, { action: "subscribe_above", request_id: 1 })).toMatchObject({
      response_status: 400,
    });
    expect(await ask(client, { action: "subscribe_above", above: 1, request_id: 1 })).toMatchObject({
      response_status: 201,
    });
  });

  test("case 3.1: bulk writes and SQL are seen, and a rolled back value never (differs: the original does not see them)", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    await ask(client, { action: "subscribe_many", request_id: 1 });
    await server.run(
      `${insert} ${Array.from({ length: 200 }, (_, id) => `(${id + 1}, 'n${id}', 0)`).join()}`,
    );
    const created = await client.rest("things_with_id");
    expect(created).toHaveLength(200);
    await server.run("update things set counter = 1");
    expect(await client.rest("things_with_id")).toHaveLength(200);
  });

  test("case 3.2: 300 rapid saves are 300 states, or fewer that end with the last (differs: the original loses the newest)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await subscribed(client, 1, 1);
    for (let counter = 1; counter <= 300; counter++)
      await server.run(`update things set counter = ${counter}`);
    const states = (await client.rest("things_with_id")).map(
      ({ data }) => (data as { counter: number }).counter,
    );
    expect(states).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  test("case 3.3: a resource's scope holds for its observers: what a caller may not see is not told (P5)", async () => {
    const api: Api = defineApi({
      things: resource(things, {
        scope: ({ user }) => (user === null ? false : { counter: Number(user.id) }),
        check: () => true,
        observe: { subscribe_many: observer(things) },
      }),
    });
    const server = await startDcrf({ api });
    const [client, nobody] = [await server.connect(1), await server.connect()];
    for (const each of [client, nobody])
      await each.ask("things", { action: "subscribe_many", request_id: 1 });
    await server.run(`${insert} (1, 'mine', 1), (2, 'secret', 2)`);
    await server.run("update things set counter = 3, name = 'secret too' where id = 1");
    expect((await client.rest()).map(({ action, data }) => [action, data])).toEqual([
      ["create", { id: 1, name: "mine", counter: 1, store: "" }],
      ["delete", { pk: 1 }],
    ]);
    expect(await nobody.rest()).toEqual([]);
  });
});

describe("order", () => {
  test("case 1.8.1: requests of one stream are answered one after the other, in order", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    client.send("things_with_id", { action: "slow", request_id: 0 });
    for (let id = 1; id < 20; id++) client.send("things_with_id", { action: "list", request_id: id });
    await server.server.fetch(new Request("http://test/api/things/"));
    gates.current.open();
    const ids = (await client.rest("things_with_id")).map(({ request_id }) => request_id);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test("case 1.8.2: streams of one socket do not wait for each other", async () => {
    const server = await startDcrf();
    const client = await server.connect();
    client.send("things", { action: "slow", request_id: "slow" });
    expect(await ask(client, { action: "list", request_id: 1 })).toEqual(ok(1, "list", []));
    gates.current.open();
    expect(await client.next()).toMatchObject({ request_id: "slow", data: "slow" });
  });

  test("case 1.8.3: subscribe and update without awaiting, and the event comes", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    client.send("things_with_id", { action: "subscribe_instance", pk: 1, request_id: "s" });
    client.send("things_with_id", { action: "update", pk: 1, data: { name: "b" }, request_id: "u" });
    expect(await client.rest("things_with_id")).toEqual([
      ok("s", "subscribe_instance", null, 201),
      ok("u", "update", thing(1, "b")),
      ok("s", "update", thing(1, "b")),
    ]);
  });

  test("case 1.8.4: a slow request holds back its stream's events, joined, and no other's", async () => {
    const wait = gate();
    const api: Api = defineApi({
      things: resource(things, {
        permissions: {
          create: async () => {
            await wait.opened;
            return false;
          },
          list: async ({ params }) => {
            if (params !== undefined) await wait.opened;
            return true;
          },
        },
      }),
      free: resource(things),
    });
    const server = await startDcrf({ api });
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    for (const stream of ["things", "free"])
      await client.ask(stream, { action: "subscribe_instance", pk: 1, request_id: stream });
    client.send("things", { action: "list", request_id: "slow" });
    await server.run("update things set counter = 1");
    await server.run("update things set counter = 2");
    const counters = (replies: readonly Reply[]) =>
      replies.map(({ request_id, data }) => [request_id, (data as { counter?: number }).counter]);
    expect(counters(await client.rest("free"))).toEqual([
      ["free", 1],
      ["free", 2],
    ]);
    wait.open();
    expect(counters(await client.rest("things"))).toEqual([
      ["slow", undefined],
      ["things", 2],
    ]);
  });
});

describe("the contract", () => {
  test("case MUST ack first: nothing with the request_id of a subscription comes before its acknowledgement", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    client.send("things_with_id", { action: "subscribe_instance", pk: 1, request_id: uuid });
    for (let counter = 1; counter < 20; counter++) await server.run(`update things set counter = ${counter}`);
    const [first, ...events] = await client.rest("things_with_id");
    expect(first).toEqual(ok(uuid, "subscribe_instance", null, 201));
    expect(events.every(({ action }) => action === "update")).toBe(true);
  });

  test("case MUST idempotent: the same subscription twice is acknowledged twice, and told once", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    for (const action of ["subscribe_instance", "subscribe_many"]) {
      for (let time = 0; time < 2; time++)
        expect(await ask(client, { action, pk: 1, request_id: uuid })).toEqual(ok(uuid, action, null, 201));
    }
    await server.run("update things set counter = 1");
    expect(await client.rest("things_with_id")).toHaveLength(2);
  });

  test("case MUST resubscribe: a request_id of an earlier connection is accepted", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const first = await server.connect();
    await subscribed(first, 1, uuid);
    first.pair.cut();
    await first.until(() => first.closed !== null);
    const second = await server.connect();
    await subscribed(second, 1, uuid);
  });

  test("case SHOULD unsubscribe: 204 for a row that is gone and for a subscription that never was (differs: 404 in the original once the row is gone)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await subscribed(client, 1, 1);
    await server.run("delete from things");
    await client.rest("things_with_id");
    for (const id of [1, 1, 99])
      expect(await ask(client, { action: "unsubscribe_instance", pk: 1, request_id: id })).toEqual(
        ok(id, "unsubscribe_instance", null, 204),
      );
    expect(await ask(client, { action: "unsubscribe_many", request_id: 5 })).toMatchObject({
      response_status: 204,
    });
  });

  test("case MAY heal a row: what was missed while away comes after the acknowledgement, as its state now (differs: lost in the original)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const first = await server.connect();
    await subscribed(first, 1, uuid);
    first.pair.cut();
    await first.until(() => first.closed !== null);
    await server.run("update things set counter = 1");
    await server.run("update things set counter = 2");
    const second = await server.connect();
    await subscribed(second, 1, uuid);
    expect(await second.rest("things_with_id")).toEqual([ok(uuid, "update", thing(1, "a", 2))]);
  });

  test("case MAY heal a deletion: a row that is gone by then is 404, and a delete after it (differs: lost in the original)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const first = await server.connect();
    await subscribed(first, 1, uuid);
    first.pair.cut();
    await first.until(() => first.closed !== null);
    await server.run("delete from things");
    const second = await server.connect();
    second.send("things_with_id", { action: "subscribe_instance", pk: 1, request_id: uuid });
    expect(await second.rest("things_with_id")).toEqual([
      refused(uuid, "subscribe_instance", 404, "Not found"),
      ok(uuid, "delete", { pk: 1 }, 204),
    ]);
  });

  test("case MAY heal a list: exactly what was missed, netted (P4) (differs: lost in the original)", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0)`);
    const first = await server.connect();
    await ask(first, { action: "subscribe_many", request_id: uuid });
    await server.run("update things set counter = 1 where id = 1");
    expect(await first.rest("things_with_id")).toHaveLength(1);
    first.pair.cut();
    await first.until(() => first.closed !== null);
    await server.run("delete from things where id = 2");
    await server.run(`${insert} (3, 'c', 0), (4, 'd', 0)`);
    await server.run("delete from things where id = 4");
    const second = await server.connect();
    second.send("things_with_id", { action: "subscribe_many", request_id: uuid });
    expect([await second.next(), await second.next(), await second.next()]).toEqual([
      ok(uuid, "subscribe_many", null, 201),
      ok(uuid, "delete", { pk: 2 }),
      ok(uuid, "create", thing(3, "c")),
    ]);
    expect(await second.rest("things_with_id")).toEqual([]);
  });

  test("case MAY heal only its own: another caller's request_id brings nothing", async () => {
    const server = await startDcrf();
    await server.run(`${insert} (1, 'a', 0)`);
    const first = await server.connect(1);
    await subscribed(first, 1, uuid);
    first.pair.cut();
    await first.until(() => first.closed !== null);
    await server.run("update things set counter = 1");
    const second = await server.connect(2);
    await subscribed(second, 1, uuid);
    expect(await second.rest("things_with_id")).toEqual([]);
  });
});
