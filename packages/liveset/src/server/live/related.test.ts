import { expect, test } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedApi, relatedTables } from "./related.fixture.ts";

const seed = [
  "insert into lists values (1, 'one', 1), (2, 'two', 2)",
  "insert into tasks values (1, 'a', 1, null), (2, 'b', 1, null), (3, 'c', 2, null)",
];

async function started(): Promise<Fixture> {
  const fixture = await startFixture({ api: relatedApi, tables: relatedTables });
  for (const statement of seed) await fixture.run(statement);
  return fixture;
}

const follow = (client: ReferenceClient, name: string) =>
  client.open(name, { resource: name, action: "list" });

/** What a client was told after its lists were opened, without groups and cursors. */
async function told(fixture: Fixture, client: ReferenceClient): Promise<object[]> {
  await caughtUp(fixture, client);
  return client.frames.flatMap((frame) => {
    if (frame.type === "commit") return ["commit" as unknown as object];
    if (frame.type !== "changes") return [];
    const { enter, update, leave } = frame;
    return [{ ...(enter && { enter }), ...(update && { update }), ...(leave && { leave }) }];
  });
}

test("P1: a to-one scope: rows enter and leave with the owner of their list", async () => {
  const fixture = await started();
  const [one, two] = [await fixture.connect(1), await fixture.connect(2)];
  await follow(one, "owned");
  await follow(two, "owned");
  expect([one.rows("owned"), two.rows("owned")]).toEqual([
    [
      { id: 1, text: "a" },
      { id: 2, text: "b" },
    ],
    [{ id: 3, text: "c" }],
  ]);
  await fixture.run("update lists set owner_id = 2 where id = 1");
  expect(await told(fixture, one)).toEqual([{ leave: ["1", "2"] }, "commit"]);
  // Both lists were asked for in one query; where that fails each is read by itself, and a warning says so.
  expect(fixture.warned).toEqual([]);
  expect(await told(fixture, two)).toEqual([
    {
      enter: [
        { id: 1, text: "a" },
        { id: 2, text: "b" },
      ],
    },
    "commit",
  ]);
});

test("P1, P5: adding a member shows the list's tasks at once, removing one takes them away, by keys only", async () => {
  const fixture = await started();
  const [three, four] = [await fixture.connect(3), await fixture.connect(4)];
  await follow(three, "shared");
  await follow(four, "shared");
  await fixture.run("insert into members values (1, 3, 'reader', null)");
  await three.until(() => three.rows("shared").length === 2);
  await fixture.run("update tasks set text = 'seen' where id = 1");
  await three.until(() =>
    three.frames.some((frame) => frame.type === "changes" && frame.update !== undefined),
  );
  await fixture.transaction("delete from members where user_id = 3", "update tasks set text = 'secret'");
  await fixture.run("update tasks set text = 'more secret'");
  expect(await told(fixture, three)).toEqual([
    {
      enter: [
        { id: 1, text: "a" },
        { id: 2, text: "b" },
      ],
    },
    "commit",
    { update: [{ id: 1, text: "seen" }] },
    "commit",
    { leave: ["1", "2"] },
    "commit",
  ]);
  expect(await told(fixture, four)).toEqual([]);
  expect(JSON.stringify(three.frames)).not.toContain("secret");
});

test("P1: none: the last row that forbids shows them, the first hides them", async () => {
  const fixture = await started();
  const client = await fixture.connect(1);
  await follow(client, "unread");
  const steps: [string, object[]][] = [
    ["insert into members values (2, 7, 'reader', null)", [{ leave: ["3"] }]],
    ["insert into members values (2, 8, 'reader', null)", []],
    ["delete from members where user_id = 7", []],
    ["update members set role = 'writer' where user_id = 8", [{ enter: [{ id: 3, text: "c" }] }]],
  ];
  const expected: unknown[] = [];
  for (const [statement, changes] of steps) {
    await fixture.run(statement);
    if (changes.length > 0) expected.push(...changes, "commit");
    expect(await told(fixture, client)).toEqual(expected);
  }
});

test("P1: three levels, and a table related to itself", async () => {
  const fixture = await started();
  await fixture.run("insert into tasks values (4, 'child', null, 1), (5, 'grandchild', null, 4)");
  const client = await fixture.connect(3);
  await follow(client, "nested");
  await follow(client, "parents");
  expect([client.rows("nested"), client.rows("parents")]).toEqual([[], [{ id: 1, text: "a" }]]);
  await fixture.run("insert into members values (1, 3, 'reader', null)");
  expect(await told(fixture, client)).toEqual([{ enter: [{ id: 4, text: "child" }] }, "commit"]);
  await fixture.run("update tasks set list_id = 2 where id = 1");
  await fixture.run("update tasks set parent_id = 2 where id = 4");
  await caughtUp(fixture, client);
  expect([client.rows("nested"), client.rows("parents")]).toEqual([
    [{ id: 4, text: "child" }],
    [{ id: 2, text: "b" }],
  ]);
});

test("P1: a scope on a column of a related table that the list's own table has as well", async () => {
  const api = defineApi({
    owned: resource(tasks, {
      schema,
      scope: ({ user }) => ({ list: { id: Number(user?.id) } }),
      fields: ["text"],
    }),
  });
  const fixture = await startFixture({ api, tables: relatedTables });
  for (const statement of seed) await fixture.run(statement);
  const clients = [await fixture.connect(1), await fixture.connect(2)] as const;
  for (const client of clients) await follow(client, "owned");
  await fixture.run("update tasks set list_id = 2 where id = 1");
  for (const client of clients) await caughtUp(fixture, client);
  expect(clients.map((client) => client.rows("owned").map(({ id }) => id))).toEqual([[2], [3, 1]]);
  expect([...fixture.logged, ...fixture.warned]).toEqual([]);
});

test("P1: a part in SQL is judged anew when a table that it names changes", async () => {
  const fixture = await started();
  const client = await fixture.connect(1);
  await follow(client, "longest");
  expect(client.rows("longest")).toHaveLength(3);
  await fixture.run("update tasks set text = 'longer' where id = 2");
  expect(await told(fixture, client)).toEqual([
    { update: [{ id: 2, text: "longer" }], leave: ["1", "3"] },
    "commit",
  ]);
});

test("P1: a changed foreign key and a cascade", async () => {
  const fixture = await started();
  const client = await fixture.connect(1);
  await follow(client, "owned");
  await follow(client, "lists");
  await fixture.run("update tasks set list_id = 1 where id = 3");
  await fixture.run("delete from lists where id = 1");
  const [, first, second] = await told(fixture, client);
  await caughtUp(fixture, client);
  expect([client.rows("owned"), client.rows("lists")]).toEqual([[], []]);
  expect([first, second]).toBeDefined();
  expect(client.faults).toEqual([]);
});
