import type { Json } from "../../../core/json.ts";
import type { Query } from "../../../core/protocol/query.ts";
import { isRecord } from "../../../core/protocol/schema.ts";
import { lookups } from "../../../core/query/lookup.ts";
import { parseUrlQuery } from "../../../core/query/url-query.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import { urlPairs } from "../url-pairs.ts";
import type { Payload } from "./frame.ts";

/** What of a list's URL may stand in a payload beside filters and parameters. */
const plain: ReadonlySet<string> = new Set(["where", "search", "ordering", "fields", "with"]);
const ofOneRow: ReadonlySet<string> = new Set(["fields", "with"]);

/** Of a payload, what its resource declares as parameters. Everything else is no matter of theirs. */
export function readParams({ options }: CompiledResource, payload: Payload): Payload {
  const declared = Object.keys(options.params ?? {});
  const given = declared.filter((name) => Object.hasOwn(payload, name));
  return Object.fromEntries(given.map((name) => [name, payload[name] ?? null]));
}

/**
 * What a payload asks of a list or of one row: declared filters in Django's form, `search`, `ordering`, `fields`, `with`, `where`. They stand in
 * the payload itself or in its `data`, where dcrf-client puts what its `list` is given. Other arguments are ignored, as the original
 * does, for applications put tokens and the like into every payload.
 *
 * @throws LivesetError `invalid` for a value that is not of its field's kind.
 */
export function readQuery(resource: CompiledResource, payload: Payload, action: "list" | "retrieve"): Query {
  const given = withData(payload);
  const takes = (name: string): boolean =>
    action === "list" ? plain.has(name) || isFilter(resource, name) : ofOneRow.has(name);
  const pairs = Object.entries(given)
    .filter(([name]) => takes(name))
    .flatMap(([name, value]) => urlPairs(name, value));
  return parseUrlQuery(pairs, resource.visible, new Set(), resource.relatedFilters).query;
}

/** A payload's arguments with those of its `data`. */
export function withData(payload: Payload): Payload {
  const { action: _, request_id: __, data, ...rest } = payload;
  return isRecord(data) ? { ...(data as Readonly<Record<string, Json>>), ...rest } : rest;
}

function isFilter({ visible, filters, relatedFilters }: CompiledResource, name: string): boolean {
  const at = name.lastIndexOf("__");
  const isLookup = at > 0 && lookups.some((lookup) => lookup === name.slice(at + 2));
  return [name, ...(isLookup ? [name.slice(0, at)] : [])].some(
    (field) => relatedFilters.has(field) || (visible.has(field) && filters.has(field)),
  );
}
