import { invalid, LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import { parseUrlQuery } from "../../../core/query/url-query.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { Ask } from "../../live/ask.ts";
import { urlPairs } from "../url-pairs.ts";
import type { SubscribeFrame } from "./frames.ts";

/**
 * What a client of django-rest-live wants to follow. `view_kwargs` are the resource's parameters, `query_params` what would stand
 * in the URL of its list. A resource that says by which fields rows are looked up has the first of them for Django's `lookup_field`.
 *
 * @throws LivesetError `not_found` for a row that cannot be, `invalid` with the path `["query_params", …]`.
 */
export function readAsk(frame: SubscribeFrame, resource: CompiledResource): Ask {
  const declared = new Set(Object.keys(resource.options.params ?? {}));
  const pairs = Object.entries(frame.queryParams).flatMap(([name, value]) =>
    // Django REST framework's choice of a renderer: there is one here.
    name === "format" ? [] : urlPairs(name, value, ["query_params"]),
  );
  const { query, params } = parseUrlQuery(pairs, resource.visible, declared, resource.relatedFilters);
  const traced = resource.options.lookupBy ?? [];
  const [field] = traced;
  const common = {
    traced,
    resource: resource.name,
    params: { ...params, ...frame.viewKwargs },
    ...(frame.since === null ? {} : { since: frame.since }),
  };
  if (frame.action === "list") {
    const rows = frame.snapshot ? {} : { rows: false as const };
    return { ...common, action: "list", query, ...rows };
  }
  const { where: _, search: __, fields: ___, with: ____, ...rest } = query;
  const [name] = Object.keys(rest);
  if (name !== undefined) throw invalid(["query_params", name], "unexpected", `retrieve takes no ${name}.`);
  const value = keyOf(frame.lookupBy);
  return {
    ...common,
    action: "retrieve",
    query,
    ...(field === undefined ? { key: value } : { lookup: { field, value } }),
  };
}

function keyOf(lookupBy: Json): string | number {
  if (typeof lookupBy === "number" || typeof lookupBy === "string") return String(lookupBy);
  throw new LivesetError("not_found");
}
