import { describe, expect, test } from "vitest";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { docs, orgs, schema, startNotices, users } from "./notices.fixture.ts";

// The clauses of SmartNgRX's page on WebSockets and of its contract, in that order; what is beyond them is in notices.test.ts.

const mine = ({ user }: { user: { id: string | number } | null }) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: Number(user.id) }])],
});
const api = defineApi({
  orgs: resource(orgs, { schema, scope: mine }),
  users: resource(users, {
    schema,
    fields: ["id", "name", "orgId", "ownerId"],
    scope: mine,
    parents: { org: true },
  }),
  docs: resource(docs, { schema, scope: mine, parents: { org: true, author: true } }),
});

const updated = (table: string, ...ids: string[]) => ({ action: "update", table, ids });
const deleted = (table: string, ...ids: string[]) => ({ action: "delete", table, ids });

describe("updates", () => {
  test("1 an update names the table and the id of the row, which is a text", async () => {
    const server = await startNotices(api);
    await server.run("insert into docs (id) values (1)");
    const client = await server.connect();
    await server.run("update users set name = 'Adam' where id = 'u1'");
    expect(await client.rest()).toEqual([updated("users", "u1")]);
    await server.run("update docs set title = 'changed'");
    expect(await client.rest()).toEqual([updated("docs", "1")]);
  });

  test("2 the rows of a table that one transaction updates are in one frame, each once, in their order", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run(
      "update users set name = 'x' where id = 'u3'",
      "update users set name = 'x' where id = 'u1'",
      "update users set name = 'y' where id = 'u3'",
    );
    expect(await client.rest()).toEqual([updated("users", "u3", "u1")]);
  });

  test("3 an update that alters nothing of what is shown is no notice", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("update users set secret = 'x'", "update orgs set name = name");
    expect(await client.rest()).toEqual([]);
  });
});

describe("creates", () => {
  test("4 a create is an update of the parent, and there is no action create", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("insert into users (id, org_id) values ('u9', 'o1')");
    expect(await client.rest()).toEqual([updated("orgs", "o1")]);
  });

  test("5 each parent is named, once a transaction", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run(
      "insert into docs (org_id, author_id) values ('o1', 'u1')",
      "insert into docs (org_id, author_id) values ('o1', 'u2')",
      "insert into docs (org_id, author_id) values (null, 'u2')",
    );
    expect(await client.rest()).toEqual([updated("orgs", "o1"), updated("users", "u1", "u2")]);
  });

  test("6 a row without a parent, or with one that is not there, is created in silence", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("insert into docs (id) values (1)", "insert into docs (id, org_id) values (2, 'none')");
    await server.run("insert into orgs (id) values ('o9')");
    expect(await client.rest()).toEqual([]);
  });

  test("7 a child that moves is an update of itself, and of both parents", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("update users set org_id = 'o2' where id = 'u1'");
    expect(await client.rest()).toEqual([updated("users", "u1"), updated("orgs", "o1", "o2")]);
    await server.run("update users set org_id = null where id = 'u1'");
    expect(await client.rest()).toEqual([updated("users", "u1"), updated("orgs", "o2")]);
  });
});

describe("deletes", () => {
  test("8 a delete names the rows; their parents are found by the client", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("delete from users where id in ('u1', 'u3')");
    expect(await client.rest()).toEqual([deleted("users", "u1", "u3")]);
  });

  test("9 by an option a delete is an update of the parents as well, as far as they are left", async () => {
    const server = await startNotices(api, { notices: { parentsOfDeleted: true } });
    const client = await server.connect();
    await server.run("delete from users where id = 'u1'");
    expect(await client.rest()).toEqual([deleted("users", "u1"), updated("orgs", "o1")]);
    await server.run("delete from users where id = 'u2'", "delete from orgs where id = 'o1'");
    expect(await client.rest()).toEqual([deleted("users", "u2"), deleted("orgs", "o1")]);
  });
});

describe("translations", () => {
  const translate = {
    users: { table: "orgChildren", prefix: "users:" },
    docs: { table: "orgChildren", prefix: "docs:" },
  };

  test("10 names are the server's: those of its resources", async () => {
    const server = await startNotices(
      defineApi({ people: resource(users, { schema, model: "app.User" }), orgs: resource(orgs, { schema }) }),
    );
    const client = await server.connect();
    await server.run("update users set name = 'x' where id = 'u1'");
    expect(await client.rest()).toEqual([updated("people", "u1")]);
  });

  test("11 by an option they are the client's: several resources in one table of its own, ids with a prefix", async () => {
    const server = await startNotices(api, { notices: { translate } });
    await server.run("insert into docs (id) values (7)");
    const client = await server.connect();
    await server.run("update docs set title = 'x'", "update users set name = 'x' where id = 'u2'");
    expect(await client.rest()).toEqual([updated("orgChildren", "docs:7", "users:u2")]);
    await server.run("insert into docs (author_id) values ('u1')", "delete from docs where id = 7");
    expect(await client.rest()).toEqual([
      deleted("orgChildren", "docs:7"),
      updated("orgChildren", "users:u1"),
    ]);
  });

  test("12 rows of a table without a parent may be the children of a row of the clients' own", async () => {
    const server = await startNotices(api, { notices: { roots: { orgs: { table: "top", id: "1" } } } });
    const client = await server.connect();
    await server.run("insert into orgs (id) values ('o9')");
    expect(await client.rest()).toEqual([updated("top", "1")]);
    await server.run("delete from orgs where id = 'o9'");
    expect(await client.rest()).toEqual([deleted("orgs", "o9")]);
  });
});

describe("transactions", () => {
  test("13 of one transaction come the deletes, then the updates; of several each in its turn", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run(
      "update orgs set name = 'x' where id = 'o2'",
      "insert into users (id, org_id) values ('u9', 'o1')",
      "delete from users where id = 'u1'",
    );
    await server.run("update users set name = 'x' where id = 'u9'");
    expect(await client.rest()).toEqual([
      deleted("users", "u1"),
      updated("orgs", "o2", "o1"),
      updated("users", "u9"),
    ]);
  });

  test("14 what is rolled back, or comes and goes in one transaction, is no notice", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await expect(
      server.run("update users set name = 'x'", "insert into users (id) values ('u1')"),
    ).rejects.toThrow();
    await server.run(
      "insert into users (id, org_id) values ('u9', 'o1')",
      "delete from users where id = 'u9'",
    );
    expect(await client.rest()).toEqual([]);
  });

  test("15 a frame has nothing but action, table and ids", async () => {
    const server = await startNotices(api);
    const client = await server.connect();
    await server.run("update users set name = 'x' where id = 'u1'");
    expect(Object.keys(await client.next())).toEqual(["action", "table", "ids"]);
  });
});

describe("what a client hears of", () => {
  test("16 P5: only rows that it may see are named, be it by the old row or the new", async () => {
    const server = await startNotices(api);
    await server.run("insert into users (id, owner_id) values ('u7', 7), ('u8', 8)");
    const [seven, eight, nobody] = [await server.connect(7), await server.connect(8), await server.connect()];
    await server.run("update users set name = 'x' where id in ('u1', 'u7', 'u8')");
    expect(await seven.rest()).toEqual([updated("users", "u1", "u7")]);
    expect(await eight.rest()).toEqual([updated("users", "u1", "u8")]);
    expect(await nobody.rest()).toEqual([updated("users", "u1")]);
    await server.run("update users set owner_id = 8 where id = 'u7'");
    expect(await seven.rest()).toEqual([deleted("users", "u7")]);
    expect(await eight.rest()).toEqual([]);
    expect(await nobody.rest()).toEqual([]);
    await server.run("delete from users where id = 'u7'");
    expect(await seven.rest()).toEqual([]);
    expect(await eight.rest()).toEqual([deleted("users", "u7")]);
  });

  test("17 P5: a row that comes into sight is a create, and one that goes out of sight a delete", async () => {
    const server = await startNotices(api);
    await server.run("insert into users (id, org_id, owner_id) values ('u7', 'o1', 7)");
    const client = await server.connect(8);
    await server.run("update users set owner_id = null where id = 'u7'");
    expect(await client.rest()).toEqual([updated("orgs", "o1")]);
    await server.run("update users set owner_id = 7 where id = 'u7'");
    expect(await client.rest()).toEqual([deleted("users", "u7")]);
  });

  test("18 P5: a parent that it may not see is not named, nor one that it may not see any more", async () => {
    const server = await startNotices(api);
    await server.run("insert into orgs (id, owner_id) values ('o7', 7)");
    const [seven, eight] = [await server.connect(7), await server.connect(8)];
    await server.run("insert into users (id, org_id) values ('u9', 'o7')");
    expect(await seven.rest()).toEqual([updated("orgs", "o7")]);
    expect(await eight.rest()).toEqual([]);
    await server.run("update users set org_id = 'o1' where id = 'u9'");
    expect(await seven.rest()).toEqual([updated("users", "u9"), updated("orgs", "o7", "o1")]);
    expect(await eight.rest()).toEqual([updated("users", "u9"), updated("orgs", "o1")]);
    await server.run(
      "update orgs set owner_id = 8 where id = 'o7'",
      "update users set org_id = 'o7' where id = 'u9'",
    );
    expect(await seven.rest()).toEqual([
      deleted("orgs", "o7"),
      updated("users", "u9"),
      updated("orgs", "o1"),
    ]);
    expect(await eight.rest()).toEqual([updated("users", "u9"), updated("orgs", "o1", "o7")]);
  });

  test("19 by default it hears of every resource that it may list, else of those declared", async () => {
    const signedIn = defineApi({
      orgs: resource(orgs, { schema, permissions: { list: ({ user }) => user !== null } }),
      users: resource(users, { schema, parents: { org: true } }),
    });
    const server = await startNotices(signedIn);
    const [nobody, seven] = [await server.connect(), await server.connect(7)];
    await server.run(
      "update orgs set name = 'x' where id = 'o1'",
      "insert into users (id, org_id) values ('u9', 'o2')",
    );
    expect(await nobody.rest()).toEqual([]);
    expect(await seven.rest()).toEqual([updated("orgs", "o1", "o2")]);
    const declared = await startNotices(signedIn, { notices: { resources: ["users"] } });
    const client = await declared.connect(7);
    await declared.run("update orgs set name = 'x'", "update users set name = 'x' where id = 'u1'");
    await declared.run("insert into users (id, org_id) values ('u9', 'o2')");
    expect(await client.rest()).toEqual([updated("users", "u1"), updated("orgs", "o2")]);
  });
});
