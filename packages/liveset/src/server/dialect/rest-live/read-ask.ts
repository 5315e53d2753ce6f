import { invalid, LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import { parseUrlQuery } from "../../../core/query/url-query.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { Ask } from "../../live/ask.ts";
import { urlPairs } from "../url-pairs.ts";
import type { SubscribeFrame } from "./frames.ts";

/**
 * What a client of django-rest-live wants to follow. `view_kwargs` are the resource's parameters, `query_params` what would stand
 * in the URL of its list.
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
  const common = {
    resource: resource.name,
    params: { ...params, ...frame.viewKwargs },
    ...(frame.since === null ? {} : { since: frame.since }),
  };
  if (frame.action === "list") {
    return { ...common, action: "list", query, ...(frame.snapshot ? {} : { rows: false as const }) };
  }
  if (Object.keys(query).length > 0) {
    const [name = ""] = Object.keys(frame.queryParams).filter((key) => !declared.has(key));
    throw invalid(["query_params", name], "unexpected", `retrieve takes no ${name}.`);
  }
  return { ...common, action: "retrieve", key: keyOf(frame.lookupBy) };
}

function keyOf(lookupBy: Json): string | number {
  if (typeof lookupBy === "number" || typeof lookupBy === "string") return String(lookupBy);
  throw new LivesetError("not_found");
}
