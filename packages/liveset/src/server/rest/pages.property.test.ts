import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../../core/json.ts";
import type { Query } from "../../core/protocol/query.ts";
import { columnsFrom } from "../../core/query/columns.fixture.ts";
import { compareRows } from "../../core/query/compare-rows.ts";
import type { Direction, Nulls, OrderValue } from "../../core/query/order.ts";
import { parseOrder } from "../../core/query/parse-order.ts";
import { printUrlQuery } from "../../core/query/url-query.ts";
import { startFixture } from "../live/live.fixture.ts";
import { createItems, itemsApi } from "../live/windows.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = columnsFrom({ id: "integer", rank: "integer?", name: "text?" });
const direction = fc.constantFrom<Direction>("asc", "desc");
const orderBy = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom("rank", "name", "id"),
      fc.oneof<fc.Arbitrary<OrderValue>[]>(
        direction,
        fc.record({ direction, nulls: fc.constantFrom<Nulls>("first", "last") }),
      ),
    ),
    { selector: ([column]) => column },
  )
  .map((terms) => Object.fromEntries(terms));
const rows = fc.array(
  fc.record({ rank: fc.constantFrom(null, 0, 1), name: fc.constantFrom(null, "a", "B", "😀") }),
  { maxLength: 12 },
);

/** Follows the links of a list to its end. */
async function walk(get: (url: string) => Promise<Response>, query: Query): Promise<readonly WireRow[]> {
  const walked: WireRow[] = [];
  let url: string | null = `http://test/api/items/?${printUrlQuery(query)}`;
  for (let pages = 0; url !== null; pages++) {
    expect(pages).toBeLessThan(20);
    const response: Response = await get(url);
    expect(response.status).toBe(200);
    const page = (await response.json()) as { results: WireRow[]; next: string | null };
    walked.push(...page.results);
    url = page.next;
  }
  return walked;
}

test("pages, by position and by number, are the sorted list without a gap or a double", async () => {
  const fixture = await startFixture({ api: itemsApi, tables: [createItems] });
  const get = (url: string): Promise<Response> =>
    fixture.server.fetch(new Request(url, { headers: { authorization: "Bearer 1" } }));
  await fc.assert(
    fc.asyncProperty(rows, orderBy, fc.integer({ min: 1, max: 5 }), async (rows, orderBy, limit) => {
      const listed = rows.map((row, index): WireRow => ({ id: index + 1, ...row }));
      const values = listed.map(
        ({ id, rank, name }) => `(${id}, ${rank}, ${name === null ? null : `'${name}'`}, 1, '')`,
      );
      await fixture.transaction(
        "delete from items",
        ...values.map((row) => `insert into items values ${row}`),
      );
      const order = parseOrder(orderBy, new Set(columns.keys()), [], ["id"]);
      const sorted = [...listed].sort(compareRows(order, columns));
      expect(await walk(get, { orderBy, limit, after: "" })).toEqual(sorted);
      expect(await walk(get, { orderBy, limit })).toEqual(sorted);
    }),
    { numRuns: 100 * soak },
  );
});
