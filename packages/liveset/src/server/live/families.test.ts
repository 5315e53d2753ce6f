import { StatementSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import type { Api } from "../api.ts";
import { defineApi } from "../define-api.ts";
import { schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedApi, relatedTables } from "./related.fixture.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** How many lists each query asks about at once that follows: their bindings are a parameter, as JSON. */
function listsAsked(): number[] {
  const asked: number[] = [];
  const all = StatementSync.prototype.all;
  vi.spyOn(StatementSync.prototype, "all").mockImplementation(function (this: StatementSync, ...params) {
    for (const param of params) {
      if (typeof param === "string" && param.startsWith("[[")) asked.push(JSON.parse(param).length);
    }
    return all.apply(this, params);
  });
  return asked;
}

/** How many windows each query reads from now on. */
function windowsRead(): number[] {
  const read: number[] = [];
  const all = StatementSync.prototype.all;
  vi.spyOn(StatementSync.prototype, "all").mockImplementation(function (this: StatementSync, ...params) {
    if (/order by .* limit/i.test(this.sourceSQL)) {
      const bindings = params.find((param) => typeof param === "string" && param.startsWith("[["));
      read.push(bindings === undefined ? 1 : JSON.parse(String(bindings)).length);
    }
    return all.apply(this, params);
  });
  return read;
}

/** Users 1 to `count`, each of them the reader of list 1 + (user mod 100), with their lists open. There are 100 lists, and one task of the number of each, then further ones. */
async function crowd(
  count: number,
  name: string,
  {
    api = relatedApi,
    limit,
    each = 1,
  }: { readonly api?: Api; readonly limit?: number; readonly each?: number } = {},
) {
  const fixture = await startFixture({ api, tables: relatedTables, limits: { burst: 1e9 } });
  const numbers = (most: number): string =>
    `(with recursive n (i) as (select 1 union all select i + 1 from n where i < ${most}) select i from n)`;
  await fixture.run(`insert into lists select i, 'list', i from ${numbers(100)}`);
  await fixture.run(`insert into members select 1 + i % 100, i, 'reader', null from ${numbers(count)}`);
  await fixture.run(`insert into tasks select i, 'a', 1 + (i - 1) % 100, null from ${numbers(100 * each)}`);
  const clients: ReferenceClient[] = [];
  for (let user = 1; user <= count; user++) {
    const client = await fixture.connect(user);
    await client.open(name, {
      resource: name,
      action: "list",
      ...(limit === undefined ? {} : { query: { limit } }),
    });
    clients.push(client);
  }
  return { fixture, clients };
}

/** Those who were told something since, by user. */
async function toldBy(fixture: Fixture, clients: readonly ReferenceClient[], act: () => Promise<void>) {
  const before = clients.map(({ frames }) => frames.length);
  await act();
  const told: number[] = [];
  for (const [index, client] of clients.entries()) {
    await caughtUp(fixture, client);
    if (client.frames.slice(before[index]).some(({ type }) => type === "changes")) told.push(index + 1);
  }
  return told;
}

test("P1: of a thousand lists the database is asked only about those that may show a changed row, or do", async () => {
  const { fixture, clients } = await crowd(1_000, "shared");
  const asked = listsAsked();
  const readersOf = (list: number): number[] =>
    Array.from({ length: 10 }, (_, n) => list - 1 + 100 * n).filter((user) => user > 0);
  expect(
    await toldBy(fixture, clients, () => fixture.run("update tasks set text = 'b' where id = 7")),
  ).toEqual(readersOf(7));
  expect(asked).toEqual([10]);
  asked.length = 0;
  // From one list to another: those of both.
  const moved = await toldBy(fixture, clients, () =>
    fixture.run("update tasks set list_id = 8 where id = 7"),
  );
  expect(moved).toEqual([...readersOf(7), ...readersOf(8)].sort((a, b) => a - b));
  expect(asked).toEqual([20]);
  asked.length = 0;
  expect(await toldBy(fixture, clients, () => fixture.run("delete from tasks where id = 7"))).toEqual(
    readersOf(8),
  );
  expect(asked).toEqual([10]);
  asked.length = 0;
  expect(
    await toldBy(fixture, clients, () => fixture.run("insert into tasks values (7, 'c', null, null)")),
  ).toEqual([]);
  expect(asked).toEqual([]);
  expect(clients[6]?.rows("shared")).toEqual([{ id: 8, text: "a" }]);
  expect(fixture.warned).toEqual([]);
});

test("P1: a row between concerns those behind it: what leads to the row now, and who showed it", async () => {
  const { fixture, clients } = await crowd(300, "shared");
  const asked = listsAsked();
  // A cascade: the list takes its members and tasks along.
  expect(await toldBy(fixture, clients, () => fixture.run("delete from lists where id = 5"))).toEqual([
    4, 104, 204,
  ]);
  expect(asked.every((lists) => lists <= 3)).toBe(true);
  asked.length = 0;
  expect(await toldBy(fixture, clients, () => fixture.run("update lists set id = 5 where id = 6"))).toEqual(
    [],
  );
  expect(asked.every((lists) => lists <= 3)).toBe(true);
  expect(clients[4]?.rows("shared")).toEqual([{ id: 6, text: "a" }]);
});

test("P1: a row that moves away and a right to it that is lost, in one batch, take it away", async () => {
  const { fixture, clients } = await crowd(20, "shared");
  const [, , three] = clients;
  const move = () =>
    fixture.transaction(
      "update tasks set list_id = 50 where id = 4",
      "delete from members where user_id = 3",
      "update tasks set list_id = 51 where id = 4",
    );
  expect(await toldBy(fixture, clients, move)).toEqual([3]);
  expect(three?.rows("shared")).toEqual([]);
});

test("P1: several equalities on one way are one address", async () => {
  const api = defineApi({
    read: resource(tasks, {
      schema,
      scope: ({ user }) => ({
        list: {
          ownerId: { gt: 0 },
          members: { some: { userId: Number(user?.id), role: "reader" as const } },
        },
      }),
      fields: ["text"],
    }),
  });
  const { fixture, clients } = await crowd(200, "read", { api });
  const demote = () => fixture.run("update members set role = 'writer' where user_id = 106");
  expect(await toldBy(fixture, clients, demote)).toEqual([106]);
  const asked = listsAsked();
  expect(
    await toldBy(fixture, clients, () => fixture.run("update tasks set text = 'b' where id = 7")),
  ).toEqual([6]);
  // One list is asked by itself.
  expect(asked).toEqual([]);
  expect(
    await toldBy(fixture, clients, () => fixture.run("update tasks set text = 'b' where id = 9")),
  ).toEqual([8, 108]);
  expect(asked).toEqual([2]);
});

test("P1: where more rows than lists lead to the addresses, all lists of the family are asked", async () => {
  const { fixture, clients } = await crowd(3, "shared");
  await fixture.run(
    "insert into members select 2, i, 'reader', null from (with recursive n (i) as (select 1000 union all select i + 1 from n where i < 2000) select i from n)",
  );
  const asked = listsAsked();
  expect(
    await toldBy(fixture, clients, () => fixture.run("update tasks set text = 'b' where id = 2")),
  ).toEqual([1]);
  expect(asked).toEqual([3]);
});

test("a family ends with its last list, and begins again with the next", async () => {
  const { fixture, clients } = await crowd(3, "shared");
  for (const client of clients) client.unsubscribe("shared");
  for (const client of clients) await client.ping();
  const asked = listsAsked();
  await fixture.run("update tasks set text = 'b' where id = 2");
  expect(asked).toEqual([]);
  const [one] = clients;
  await one?.open("again", { resource: "shared", action: "list" });
  await fixture.run("update tasks set text = 'c' where id = 2");
  if (one !== undefined) await caughtUp(fixture, one);
  expect(one?.rows("again")).toEqual([{ id: 2, text: "c" }]);
});

test("P1: of a thousand windows only those are read anew whose list a changed row is in, or was known to be in", async () => {
  const { fixture, clients } = await crowd(1_000, "shared", { limit: 2, each: 4 });
  const readers = [6, 106, 206, 306, 406, 506, 606, 706, 806, 906];
  const reads = windowsRead();
  const act = async (statement: string): Promise<number[]> => {
    reads.length = 0;
    return toldBy(fixture, clients, () => fixture.run(statement));
  };
  expect(await act("update tasks set text = 'b' where id = 7")).toEqual(readers);
  expect(reads).toEqual([10]);
  // Two rows are inside and one ahead: behind these nobody is told, and the last one that leaves nobody asks about.
  expect(await act("update tasks set text = 'b' where id = 307")).toEqual([]);
  expect(reads).toEqual([10]);
  expect(await act("update tasks set list_id = null where id = 307")).toEqual([]);
  expect(reads).toEqual([]);
  expect(await act("update tasks set list_id = null where id = 207")).toEqual(readers);
  expect(reads).toEqual([10]);
  // From ahead in one window to ahead in another, which now has more: the first has others ahead.
  expect(await act("update tasks set list_id = 7 where id = 208")).toEqual(readers);
  expect(reads).toEqual([20]);
  expect(clients[5]?.rows("shared")).toEqual([
    { id: 7, text: "b" },
    { id: 107, text: "a" },
  ]);
});
