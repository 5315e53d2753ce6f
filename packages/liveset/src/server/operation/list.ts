import type { Json } from "../../core/json.ts";
import type { Query } from "../../core/protocol/query.ts";
import { encodeAfter } from "../../core/query/seek.ts";
import type { Database } from "../database/database.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { Answer } from "./answer.ts";
import { bindList } from "./bind.ts";
import type { Bound } from "./bound.ts";
import { checkPermission } from "./check-permission.ts";
import { ensureFew } from "./ensure-few.ts";
import type { Execution } from "./execution.ts";
import { countRows, fetchRows } from "./fetch-rows.ts";
import type { PageRows } from "./page-rows.ts";
import { readPermittedPage } from "./permitted-page.ts";
import { withNested } from "./read-nested.ts";

/**
 * One page: `{count, next, previous, results}`, counted and read in one snapshot. `next` and `previous` are queries
 * to be asked for in turn, or null at the ends. With `after` (empty for the first page) pages follow the last
 * row seen instead of an offset, and there is no way back. Rows that the permission `retrieve` withholds are not there.
 */
export async function list({ runtime, resource, context, call }: Execution): Promise<Answer> {
  const query = call.query ?? {};
  await checkPermission(resource, "list", context);
  const page = await bindList(runtime, resource, context, query);
  const most = runtime.limits.liveRows;
  const bound = call.whole === true ? { ...page, limit: most, offset: 0, after: null } : page;
  const { rows, more, total } =
    resource.options.permissions?.retrieve === undefined
      ? await readPage(runtime, bound)
      : await readPermittedPage(runtime, bound);
  if (call.whole === true) ensureFew(total, most);
  const last = rows.at(-1);
  const after =
    query.after === undefined || last === undefined ? null : encodeAfter(orderValues(bound, last));
  const data = {
    count: total,
    next: more ? nextQuery(query, bound, after) : null,
    previous: previousQuery(query, bound),
    results: rows.map((row) => bound.projection.serialize(row)),
  };
  return { status: 200, data: data as unknown as Json };
}

async function readPage(runtime: Runtime, bound: Bound): Promise<PageRows> {
  const { database } = runtime;
  const { value } = await database.read(async (db) => {
    const page = await pageIn(db, bound, database.dialect);
    return { ...page, rows: await withNested(runtime, db, bound.nested, page.rows) };
  });
  return value;
}

async function pageIn(db: Db, bound: Bound, dialect: Database["dialect"]): Promise<PageRows> {
  const found = await fetchRows(db, { ...bound, limit: bound.limit + 1 }, dialect);
  const more = found.length > bound.limit;
  // A last page that is not empty says how many there are.
  const counted = !more && bound.after === null && (found.length > 0 || bound.offset === 0);
  const total = counted ? bound.offset + found.length : await countRows(db, bound, dialect);
  return { rows: more ? found.slice(0, bound.limit) : found, more, total };
}

function orderValues(
  { order }: Bound,
  row: Readonly<Record<string, Json>>,
): (string | number | boolean | null)[] {
  return order.map(({ column }) => (row[column] ?? null) as string | number | boolean | null);
}

function nextQuery(query: Query, { limit, offset }: Bound, after: string | null): Query {
  return after === null ? { ...query, limit, offset: offset + limit } : { ...query, limit, after };
}

function previousQuery({ offset: _, ...query }: Query, { limit, offset }: Bound): Query | null {
  if (offset === 0) return null;
  return offset <= limit ? { ...query, limit } : { ...query, limit, offset: offset - limit };
}
