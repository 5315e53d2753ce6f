import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { type Query, query as querySchema } from "../../core/protocol/query.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { invalidInput } from "../invalid-input.ts";
import { makeContext } from "../make-context.ts";
import type { NestedResource } from "../nested-resource.ts";
import type { Runtime } from "../runtime.ts";
import type { Bound, Nested } from "./bound.ts";
import { checkPermission } from "./check-permission.ts";
import { seenBy } from "./seen-by.ts";

/** How many relations may be nested in each other. */
const mostLevels = 2;
/** What may be asked of nested rows. */
const parts: ReadonlySet<string> = new Set(["where", "search", "orderBy", "limit", "fields", "with"]);

/** Binds a list of a resource, one level deeper. */
export type BindChild = (resource: CompiledResource, context: Context, query: Query) => Promise<Bound>;

/**
 * The related rows that a query asks for, and of a resource's own rows (level 0) those that are always shown, each relation as the
 * resource of its rows shows it to this caller: its scope, its permissions, its declared filters, orders and fields, within
 * what is declared of them here. Parameters of that resource have their defaults.
 *
 * @throws LivesetError `invalid` with a path that begins with `["with", relation]`; `limit_exceeded` for relations nested too
 * deep, and for a limit beyond the declared one; `forbidden` or `unauthenticated` where the caller may not list the related rows.
 */
export async function bindNested(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  asked: Readonly<Record<string, Json>> | undefined,
  level: number,
  bind: BindChild,
): Promise<readonly Nested[]> {
  const declared = runtime.nested.get(resource.name);
  const nested: Nested[] = [];
  for (const [name, wish] of wishes(declared, asked, level)) {
    const found = declared?.get(name);
    if (found === undefined) throw undeclared(resource, name);
    if (level >= mostLevels) {
      throw new LivesetError("limit_exceeded", {
        detail: `with may be nested ${mostLevels} levels deep, so ${name} cannot be asked for here.`,
      });
    }
    try {
      nested.push(await bindOne(runtime, context, found, readQuery(wish), bind));
    } catch (thrown) {
      throw within(name, thrown);
    }
  }
  return nested;
}

type Declared = ReadonlyMap<string, NestedResource> | undefined;

/** Sorted, so that equal wishes make equal groups. */
function wishes(
  declared: Declared,
  asked: Readonly<Record<string, Json>> = {},
  level: number,
): readonly (readonly [string, Json])[] {
  const always = level > 0 ? [] : [...(declared ?? [])].filter(([, { always }]) => always);
  const all = { ...Object.fromEntries(always.map(([name]): [string, Json] => [name, true])), ...asked };
  return Object.entries(all)
    .filter(([, wish]) => wish !== undefined && wish !== false)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function bindOne(
  runtime: Runtime,
  context: Context,
  { relation, child, fields, where, order, limit }: NestedResource,
  query: Query,
  bind: BindChild,
): Promise<Nested> {
  for (const field of query.fields ?? []) {
    if (fields.includes(field)) continue;
    throw invalid(
      ["fields", field],
      "not_declared",
      `${child.name} has no field "${field.slice(0, 40)}" that is shown here; these are ${fields.join(", ")}.`,
    );
  }
  const most = Math.min(limit ?? Number.POSITIVE_INFINITY, child.maxPageSize, runtime.limits.pageSize);
  if (query.limit !== undefined && query.limit > most) {
    throw new LivesetError("limit_exceeded", {
      detail: `The limit of ${relation.name} may be at most ${most}.`,
    });
  }
  const own = await makeContext(runtime, child, { user: context.user, request: context.request });
  const inside = { ...own, db: context.db };
  await checkPermission(child, "list", inside);
  const seen = await seenBy(child, inside);
  const bound = await bind(seen, inside, { ...query, fields: query.fields ?? shownOf(seen, fields) });
  return {
    relation,
    bound: {
      ...bound,
      predicate: normalize({ op: "and", of: [bound.predicate, where] }),
      order: isOrdered(query) ? bound.order : order,
      limit: query.limit ?? limit ?? Number.POSITIVE_INFINITY,
    },
  };
}

function shownOf({ projection }: CompiledResource, fields: readonly string[]): readonly string[] {
  return fields.filter((name) => projection.fields.includes(name) || projection.computed.includes(name));
}

function isOrdered({ orderBy = {} }: Query): boolean {
  return Object.values(orderBy).some((value) => value !== undefined);
}

function undeclared({ name: own, options }: CompiledResource, name: string): LivesetError {
  const names = Object.keys(options.with ?? {}).join(", ") || "none";
  return invalid(
    ["with", name],
    "not_declared",
    `${own} nests no "${name.slice(0, 40)}"; what it nests: ${names}.`,
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
