import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { Direction, Nulls } from "../../core/query/order.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import type { Ask } from "./ask.ts";
import { Fixture } from "./live.fixture.ts";
import { caughtUp } from "./related.fixture.ts";
import { createItems, itemsApi } from "./windows.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 250 * soak;

// More rows than a window and its look-ahead know, so that it has to be read anew at times.
const most = 60;
const id = fc.integer({ min: 1, max: most });
const rank = fc.constantFrom("null", "0", "1", "2", "3");
const name = fc.constantFrom("null", "'a'", "'B'", "'😀'");
const owner = fc.constantFrom(1, 1, 2);
const statement: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(id, rank, name, owner)
      .map((row) => `insert or replace into items values (${row.join(", ")}, '')`),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(id, rank).map(([which, to]) => `update items set rank = ${to} where id = ${which}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(id, name).map(([least, to]) => `update items set name = ${to} where id >= ${least}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(id, owner)
      .map(([which, to]) => `update items set ownerId = ${to} where id = ${which}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(id, id)
      .map(([which, to]) => `update or replace items set id = ${to} where id = ${which}`),
  },
  { weight: 2, arbitrary: id.map((which) => `delete from items where id = ${which}`) },
  { weight: 1, arbitrary: rank.map((which) => `delete from items where rank is ${which}`) },
  { weight: 1, arbitrary: fc.constant("update items set hidden = hidden || 'x'") },
  {
    weight: 1,
    arbitrary: id.map((least) => `delete from items where id between ${least} and ${least + 30}`),
  },
);
const direction = fc.constantFrom<Direction>("asc", "desc");
const orderValue = fc.oneof(
  direction,
  fc.record({ direction, nulls: fc.constantFrom<Nulls>("first", "last") }),
);
const where = fc.constantFrom<Record<string, Json> | undefined>(undefined, { name: "a" });
const ask: fc.Arbitrary<Ask> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        resource: fc.constantFrom("items", "items", "judged", "permitted"),
        orderBy: fc.dictionary(fc.constantFrom("rank", "name", "id"), orderValue, { maxKeys: 2 }),
        limit: fc.integer({ min: 1, max: 6 }),
        total: fc.boolean(),
        where,
        after: fc.option(fc.record({ rank: fc.constantFrom(null, 1), id }), { freq: 4 }),
      })
      .map(({ resource, orderBy, limit, total, where, after }): Ask => {
        const query = { limit, total, ...(where === undefined ? {} : { where }) };
        if (after === null) return { resource, action: "list", query: { ...query, orderBy } };
        const order = { rank: orderBy.rank ?? "asc", id: "desc" };
        return { resource, action: "list", query: { ...query, orderBy: order, after: afterOf(after) } };
      }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ resource: fc.constantFrom("items", "permitted"), where }).map(
      ({ resource, where }): Ask => ({
        resource,
        action: "list",
        query: where === undefined ? {} : { where },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ resource: fc.constantFrom("items", "judged", "permitted"), where }).map(
      ({ resource, where }): Ask => ({
        resource,
        action: "count",
        query: where === undefined ? {} : { where },
      }),
    ),
  },
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      of: fc.array(statement, { minLength: 1, maxLength: 4 }),
      /** Whether clients are looked at before the next step. */
      isSeen: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("open" as const), client: fc.nat(1), ask }) },
);

function afterOf({ rank, id }: { readonly rank: number | null; readonly id: number }): string {
  return btoa(JSON.stringify([rank, id])).replace(/=+$/, "");
}

/** So many rows, most of them of user 1. */
function rows(count: number): string {
  return `insert into items (id, rank, name, ownerId)
    with recursive n(i) as (select 1 union all select i + 1 from n)
    select i, nullif(i * 7 % 5, 4), char(97 + i % 2), 1 + (i % 6 = 0) from n limit ${count}`;
}

interface Page {
  readonly results: readonly Json[];
  readonly count: number;
}

let fixture: Fixture;

beforeAll(async () => {
  const database = sqlite(":memory:");
  await database.db.run(createItems);
  fixture = new Fixture({ api: itemsApi, limits: { burst: 1e9, heartbeat: 1e9 } }, database);
  await fixture.server.open();
});

afterAll(() => fixture.server.close());

/** What REST answers, whose list is one SELECT; of permitted rows it must say the same. */
async function truth(
  client: ReferenceClient,
  count: number,
  { resource, action, query = {} }: Ask,
): Promise<unknown> {
  const { total, limit = 100, ...rest } = query;
  const ask = async (resource: string, limit: number): Promise<Page> => {
    const query = { ...rest, limit };
    const answer = await client.request(`truth${count}-${resource}-${limit}`, {
      resource,
      action: "list",
      query,
    });
    return answer.data as unknown as Page;
  };
  const page = async (limit: number): Promise<Page> => {
    const scoped = await ask(resource === "permitted" ? "items" : resource, limit);
    if (resource === "permitted") expect(await ask(resource, limit)).toEqual(scoped);
    return scoped;
  };
  if (action === "count") return { rows: [], facts: { total: (await page(1)).count } };
  if (query.limit === undefined) return { rows: new Set((await page(limit)).results), facts: {} };
  const { results } = await page(limit + 1);
  return {
    rows: new Set(results.slice(0, limit)),
    facts: {
      hasMore: results.length > limit,
      ...(total === true ? { total: (await page(limit)).count } : {}),
    },
  };
}

test("P1 to P5: lists, windows and counts equal the scoped SELECT after every commit", {
  timeout: 300_000 * soak,
}, async () => {
  const counts = { compared: 0, rows: 0, more: 0, truth: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: most }),
      fc.array(statement, { maxLength: 10, size: "max" }),
      fc.array(ask, { minLength: 1, maxLength: 4 }),
      fc.array(step, { minLength: 1, maxLength: 16, size: "max" }),
      async (count, first, asks, steps) => {
        await fixture.transaction("delete from items", rows(count), ...first);
        const lines = [await fixture.connectPair(1), await fixture.connectPair(2)];
        const clients = lines.map(({ client }) => client);
        const opened: { client: ReferenceClient; id: string; ask: Ask }[] = [];
        const open = (client: ReferenceClient, ask: Ask): void => {
          const id = `w${opened.length}`;
          opened.push({ client, id, ask });
          client.subscribe(id, ask);
        };
        for (const ask of asks) for (const client of clients) open(client, ask);
        const compare = async (): Promise<void> => {
          for (const client of clients) await caughtUp(fixture, client);
          for (const { client, id, ask } of opened) {
            await client.until(() => client.lists.has(id) || client.errors.has(id));
            expect(client.errors.get(id)).toBeUndefined();
            const list = client.lists.get(id);
            const rows = client.rows(id);
            const expected = await truth(client, counts.truth++, ask);
            const shown = { rows: ask.action === "count" ? rows : new Set(rows), facts: list?.facts };
            expect(shown, JSON.stringify(ask)).toEqual(expected);
            counts.compared++;
            counts.rows += rows.length;
            counts.more += list?.facts.hasMore ? 1 : 0;
          }
          expect([...fixture.faults, ...fixture.logged]).toEqual([]);
        };
        for (const each of steps) {
          if (each.do === "open") open(clients[each.client] as ReferenceClient, each.ask);
          else if (each.isSeen) {
            await fixture.transaction(...each.of);
            await compare();
          } else void fixture.transaction(...each.of);
        }
        await fixture.transaction("delete from items where id = 0");
        await compare();
        for (const { client, id } of opened) client.unsubscribe(id);
        for (const client of clients) await client.ping();
        expect(fixture.server.stats().groups).toBe(0);
        for (const { pair } of lines) pair.cut();
        fixture.clients.length = 0;
      },
    ),
    { numRuns: runs },
  );
  expect(counts.compared).toBeGreaterThan(5 * runs);
  expect(counts.more).toBeGreaterThan(runs);
});
