import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { type Query, query as querySchema } from "../../core/protocol/query.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { invalidInput } from "../invalid-input.ts";
import { makeContext } from "../make-context.ts";
import { nestedResource } from "../nested-resource.ts";
import type { Runtime } from "../runtime.ts";
import type { Bound, Nested } from "./bound.ts";
import { checkPermission } from "./check-permission.ts";

/** How many relations may be nested in each other. */
const mostLevels = 2;
/** What may be asked of nested rows. */
const parts: ReadonlySet<string> = new Set(["where", "search", "orderBy", "limit", "fields", "with"]);

/** Binds a list of a resource, one level deeper. */
export type BindChild = (resource: CompiledResource, context: Context, query: Query) => Promise<Bound>;

/**
 * The related rows that a query asks for, each relation as the resource of its rows shows it to this caller: its scope, its
 * permissions, its declared filters, orders and fields. Parameters of that resource have their defaults.
 *
 * @throws LivesetError `invalid` with a path that begins with `["with", relation]`; `limit_exceeded` for relations nested too
 * deep; `forbidden` or `unauthenticated` where the caller may not list the related rows.
 */
export async function bindNested(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  asked: Readonly<Record<string, Json>> | undefined,
  level: number,
  bind: BindChild,
): Promise<readonly Nested[]> {
  const nested: Nested[] = [];
  for (const [name, wish] of Object.entries(asked ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (wish === undefined || wish === false) continue;
    const { relation, child } = resolve(runtime, resource, name);
    if (level >= mostLevels) {
      throw new LivesetError("limit_exceeded", {
        detail: `with may be nested ${mostLevels} levels deep, so ${name} cannot be asked for here.`,
      });
    }
    try {
      const query = readQuery(wish);
      const own = await makeContext(runtime, child, { user: context.user, request: context.request });
      const inside = { ...own, db: context.db };
      await checkPermission(child, "list", inside);
      const bound = await bind(child, inside, query);
      nested.push({
        relation,
        bound: { ...bound, limit: query.limit === undefined ? Number.POSITIVE_INFINITY : bound.limit },
      });
    } catch (thrown) {
      throw within(name, thrown);
    }
  }
  return nested;
}

function resolve(
  runtime: Runtime,
  resource: CompiledResource,
  name: string,
): ReturnType<typeof nestedResource> {
  const declared = resource.options.with ?? {};
  if (Object.hasOwn(declared, name)) return nestedResource(runtime.resources, resource, name);
  const names = Object.keys(declared).join(", ") || "none";
  throw invalid(
    ["with", name],
    "not_declared",
    `${resource.name} nests no "${name.slice(0, 40)}"; what it nests: ${names}.`,
  );
}

function readQuery(wish: Json): Query {
  if (wish === true) return {};
  const issues: Parameters<typeof querySchema.check>[2] = [];
  querySchema.check(wish, [], issues);
  if (issues.length > 0) throw invalidInput(issues);
  const query = wish as Query;
  for (const name of Object.keys(query)) {
    if (!parts.has(name)) throw invalid([name], "unexpected", `Nested rows take no ${name.slice(0, 40)}.`);
  }
  return query;
}

/** A fault of a nested query says where it is nested. */
function within(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof LivesetError) || thrown.errors === undefined) return thrown;
  return invalidInput(thrown.errors.map((issue) => ({ ...issue, path: ["with", name, ...issue.path] })));
}
