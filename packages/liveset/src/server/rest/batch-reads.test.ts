import { describe, expect, test } from "vitest";
import { action } from "../action.ts";
import { defineApi } from "../define-api.ts";
import {
  docs,
  type NoticesServer,
  orgs,
  schema,
  startNotices,
  users,
} from "../dialect/notices/notices.fixture.ts";
import { resource } from "../resource.ts";
import { ask, serveTasks } from "../serve-tasks.fixture.ts";

const mine = ({ user }: { user: { id: string | number } | null }) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: Number(user.id) }])],
});
const api = defineApi({
  orgs: resource(orgs, {
    schema,
    scope: mine,
    with: { users: true },
    children: {
      users: true,
      all: [
        { relation: "users", prefix: "users:" },
        { relation: "docs", prefix: "docs:" },
      ],
    },
  }),
  users: resource(users, {
    schema,
    scope: mine,
    fields: ["id", "name"],
    defaultOrder: { name: "desc" },
    permissions: { retrieve: (_, row) => row.secret !== "hidden" },
  }),
  docs: resource(docs, {
    schema,
    scope: mine,
    maxPageSize: 3,
    permissions: { list: ({ user }) => user !== null },
  }),
});

async function post(
  { server }: NoticesServer,
  path: string,
  body: unknown,
  user?: number,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await server.fetch(
    new Request(`http://test${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(user === undefined ? {} : { authorization: `Bearer ${user}` }),
      },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, body: await response.json() };
}

describe("by-ids", () => {
  test("27 answers the rows of the keys, in the order of the keys, each once", async () => {
    const server = await startNotices(api);
    expect(await post(server, "/api/users/by-ids/", ["u3", "u1", "u3", "none"])).toEqual({
      status: 200,
      body: [
        { id: "u3", name: "Cleo" },
        { id: "u1", name: "Ada" },
      ],
    });
    expect((await post(server, "/api/users/by-ids", [])).body).toEqual([]);
  });

  test("28 leaves out what the caller may not see, and keys that no row can have", async () => {
    const server = await startNotices(api);
    await server.run(
      "update users set owner_id = 7 where id = 'u1'",
      "update users set secret = 'hidden' where id = 'u2'",
      "insert into docs (id, owner_id) values (1, 7), (2, 8)",
    );
    const seen = async (user?: number) =>
      (await post(server, "/api/users/by-ids/", ["u1", "u2", "u3"], user)).body;
    expect(await seen()).toEqual([{ id: "u3", name: "Cleo" }]);
    expect(await seen(7)).toEqual([
      { id: "u1", name: "Ada" },
      { id: "u3", name: "Cleo" },
    ]);
    expect(await post(server, "/api/docs/by-ids/", ["1", 2, "01"], 7)).toMatchObject({ body: [{ id: 1 }] });
  });

  test("29 shows chosen fields, nested rows, and the first keys of children", async () => {
    const server = await startNotices(api);
    expect(await post(server, "/api/orgs/by-ids/?fields=name", ["o1"])).toMatchObject({
      body: [{ id: "o1", name: "Org 1" }],
    });
    expect(await post(server, "/api/orgs/by-ids/?with=users&fields=id", ["o2"])).toMatchObject({
      body: [{ id: "o2", users: [{ id: "u3" }] }],
    });
    const children = { users: 1, all: 0 };
    expect((await post(server, "/api/orgs/by-ids/?fields=id", { ids: ["o2", "o1"], children })).body).toEqual(
      [
        {
          id: "o2",
          users: { startIndex: 0, indexes: ["u3"], length: 1 },
          all: { startIndex: 0, indexes: [], length: 1 },
        },
        {
          id: "o1",
          users: { startIndex: 0, indexes: ["u2"], length: 2 },
          all: { startIndex: 0, indexes: [], length: 2 },
        },
      ],
    );
  });

  test("30 says what is wrong with a body, and how many keys it may have", async () => {
    const server = await startNotices(api);
    const fault = async (body: unknown, name = "users") => {
      const answer = await post(server, `/api/${name}/by-ids/`, body);
      const { code, detail, errors } = answer.body as {
        code: string;
        detail: string;
        errors?: { path: unknown }[];
      };
      return [answer.status, code, errors?.[0]?.path ?? detail];
    };
    expect(await fault("u1")).toEqual([400, "invalid", []]);
    expect(await fault({ ids: "u1" })).toEqual([400, "invalid", ["ids"]]);
    expect(await fault(["u1", { id: 1 }])).toEqual([400, "invalid", [1]]);
    expect(await fault({ ids: [], more: 1 })).toEqual([400, "invalid", ["more"]]);
    expect(await fault({ ids: [], children: { docs: 1 } })).toEqual([400, "invalid", ["children", "docs"]]);
    expect(await fault({ ids: [], children: { users: -1 } }, "orgs")).toEqual([
      400,
      "invalid",
      ["children", "users"],
    ]);
    const many = [1, 2, 3, 4];
    expect(await fault(many, "docs")).toEqual([400, "limit_exceeded", "The number of ids may be at most 3."]);
    const more = { ids: Array.from({ length: 101 }, String), children: { users: 1 } };
    expect(await fault(more, "orgs")).toEqual([
      400,
      "limit_exceeded",
      "The number of ids may be at most 100.",
    ]);
  });

  test("31 composite keys, a thousand keys at once, and resources that offer no retrieve", async () => {
    const server = await serveTasks();
    await server.db.run("insert into seats values ('A', 1, null), ('B,1', 2, 'Ada')");
    const seats = await ask(server, "POST", "/api/seats/by-ids/", { body: ["B\\,1,2", "A,1", "A"] });
    expect(seats.body).toEqual([
      { row: "B,1", seat: 2, guest: "Ada" },
      { row: "A", seat: 1, guest: null },
    ]);
    const many = Array.from({ length: 1000 }, (_, i) => `A,${i}`);
    expect((await ask(server, "POST", "/api/seats/by-ids/", { body: many })).body).toHaveLength(1);
    const listed = await startNotices(defineApi({ orgs: resource(orgs, { operations: ["list"] }) }));
    expect((await post(listed, "/api/orgs/by-ids/", ["o1"])).status).toBe(405);
    expect(() => resource(orgs, { actions: { "by-ids": action(orgs, { run: () => 1 }) } })).not.toThrow();
    expect(() =>
      defineApi({ orgs: resource(orgs, { actions: { "by-ids": action(orgs, { run: () => 1 }) } }) }),
    ).toThrow('The action "by-ids" has the name of an operation.');
  });
});

describe("indexes", () => {
  const range = (parentId: string, childField: string, startIndex: number, length: number) => ({
    parentId,
    childField,
    startIndex,
    length,
  });

  test("32 answers a range of the keys of a row's children, in the children's default order, and how many there are", async () => {
    const server = await startNotices(api);
    await server.run("insert into users (id, name, org_id) values ('u4', 'Ben', 'o1'), ('u5', 'Zoe', 'o1')");
    const answer = (start: number, length: number) =>
      post(server, "/api/orgs/indexes/", range("o1", "users", start, length));
    expect(await answer(0, 10)).toEqual({
      status: 200,
      body: { startIndex: 0, indexes: ["u5", "u2", "u4", "u1"], length: 4 },
    });
    expect((await answer(1, 2)).body).toEqual({ startIndex: 1, indexes: ["u2", "u4"], length: 4 });
    expect((await answer(4, 2)).body).toEqual({ startIndex: 4, indexes: [], length: 4 });
  });

  test("33 joins several relations, part by part, and leaves out what the caller may not see", async () => {
    const server = await startNotices(api);
    await server.run(
      "insert into docs (id, org_id, owner_id) values (1, 'o1', null), (2, 'o1', 8), (10, 'o1', 7)",
      "update users set secret = 'hidden' where id = 'u1'",
    );
    const answer = async (user: number | undefined, start: number, length: number) =>
      (await post(server, "/api/orgs/indexes/", range("o1", "all", start, length), user)).body;
    expect(await answer(7, 0, 9)).toEqual({
      startIndex: 0,
      indexes: ["users:u2", "docs:1", "docs:10"],
      length: 3,
    });
    expect(await answer(7, 1, 1)).toEqual({ startIndex: 1, indexes: ["docs:1"], length: 3 });
    expect(await answer(undefined, 0, 9)).toEqual({ startIndex: 0, indexes: ["users:u2"], length: 1 });
  });

  test("34 equals the children's whole list, cut: every range of every order", async () => {
    const plain = defineApi({
      orgs: resource(orgs, {
        schema,
        children: { all: [{ relation: "users", prefix: "u:" }, { relation: "docs" }] },
      }),
      users: resource(users, { schema, defaultOrder: { name: "asc" } }),
      docs: resource(docs, { schema, defaultOrder: { title: "desc" } }),
    });
    const server = await startNotices(plain);
    await server.run(
      "insert into docs (id, org_id, title) values (1, 'o1', 'b'), (2, 'o1', 'a'), (3, 'o1', 'b'), (4, 'o2', 'c')",
    );
    const whole = ["u:u1", "u:u2", "1", "3", "2"];
    for (let start = 0; start < 7; start++) {
      for (let length = 1; length < 7; length++) {
        expect((await post(server, "/api/orgs/indexes/", range("o1", "all", start, length))).body).toEqual({
          startIndex: start,
          indexes: whole.slice(start, start + length),
          length: 5,
        });
      }
    }
  });

  test("35 says what is wrong, and refuses what the caller may not see", async () => {
    const server = await startNotices(api);
    await server.run("insert into orgs (id, owner_id) values ('o7', 7)");
    const fault = async (body: unknown, path = "/api/orgs/indexes/") => {
      const answer = await post(server, path, body);
      const { code, errors } = answer.body as { code: string; errors?: { path: unknown }[] };
      return [answer.status, code, ...(errors ?? []).map((issue) => String(issue.path))];
    };
    expect(await fault([])).toEqual([400, "invalid", ""]);
    expect(await fault({})).toEqual([400, "invalid", "parentId", "childField", "startIndex", "length"]);
    expect(await fault({ ...range("o1", "none", 0, 0), x: 1 })).toEqual([
      400,
      "invalid",
      "childField",
      "length",
      "x",
    ]);
    expect(await fault(range("o1", "users", 0, 1001))).toEqual([400, "limit_exceeded"]);
    expect(await fault(range("o7", "users", 0, 1))).toEqual([404, "not_found"]);
    expect(await fault(range("none", "users", 0, 1))).toEqual([404, "not_found"]);
    expect(await fault(range("u1", "docs", 0, 1), "/api/users/indexes/")).toEqual([
      405,
      "method_not_allowed",
    ]);
    const docsOnly = defineApi({
      orgs: resource(orgs, { schema, children: { docs: true } }),
      docs: resource(docs, { schema, permissions: { list: () => false } }),
    });
    const refused = await startNotices(docsOnly);
    expect(await post(refused, "/api/orgs/indexes/", range("o1", "docs", 0, 1))).toMatchObject({
      status: 401,
    });
    expect(await post(refused, "/api/orgs/indexes/", range("o1", "docs", 0, 1), 7)).toMatchObject({
      status: 403,
    });
  });

  test("36 declarations that cannot be are refused by name, and OPTIONS tells what there is", async () => {
    const declare = (children: NonNullable<Parameters<typeof resource>[1]>["children"]) => () =>
      defineApi({
        orgs: resource(orgs, { schema, children: children ?? {} }),
        users: resource(users, { schema, parents: {} }),
        docs: resource(docs, { schema, children: { org: true } }),
      });
    expect(declare({})).toThrow(
      'Resource "docs": children.org names "org", which leads to one row: children are many.',
    );
    const wrong = (children: Parameters<typeof declare>[0]) => () =>
      defineApi({
        orgs: resource(orgs, { schema, children: children ?? {} }),
        users: resource(users, { schema }),
      });
    expect(wrong({ x: true })).toThrow('Resource "orgs": children.x names "x", which is not a relation');
    expect(wrong({ docs: true })).toThrow(
      'children.docs names "docs", but no resource shows the table "docs".',
    );
    expect(wrong({ name: { relation: "users" } })).toThrow("children.name is the name of a field.");
    expect(wrong({ x: [] })).toThrow("children.x names no relation.");
    expect(wrong({ x: [{ relation: "users" }, { relation: "users" }] })).toThrow(
      "several relations with one prefix",
    );
    expect(() => defineApi({ users: resource(users, { schema, parents: { docs: true } }) })).toThrow(
      'Resource "users": parents names "docs", which leads to many rows: a parent is one.',
    );
    const { server } = await startNotices(api);
    const options = await server.fetch(new Request("http://test/api/orgs/", { method: "OPTIONS" }));
    expect(await options.json()).toMatchObject({
      byIds: true,
      children: {
        users: [{ resource: "users", prefix: "" }],
        all: [
          { resource: "users", prefix: "users:" },
          { resource: "docs", prefix: "docs:" },
        ],
      },
    });
    const at = await server.fetch(new Request("http://test/api/orgs/indexes/", { method: "OPTIONS" }));
    expect(at.headers.get("allow")).toContain("POST");
  });
});
