import { invalid } from "../../core/error/liveset-error.ts";
import type { Query } from "../../core/protocol/query.ts";
import { parseFields, parseUrlQuery, parseWith } from "../../core/query/url-query.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { RequestInfo } from "../context.ts";
import type { Call } from "../operation/call.ts";
import { operationNames } from "../operation-names.ts";
import type { User } from "../register.ts";
import { requestInfo } from "../request-info.ts";
import type { Target } from "./endpoint.ts";
import { entityTags } from "./entity-tags.ts";
import { readBody } from "./read-body.ts";

/** Beside a list, which has a whole query. */
const showsRows: ReadonlySet<string> = new Set(["retrieve", "by-ids"]);

/** Says by which field a row is named. */
const lookupKey = "lookup_by";
/** What only a list takes. */
const ofPages: ReadonlySet<string> = new Set(["ordering", "limit", "offset", "after"]);
const withBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** The call that a request makes. `bodyBytes` bounds its body. */
export async function readCall(
  request: Request,
  resource: CompiledResource,
  target: Target,
  user: User | null,
  bodyBytes: number,
): Promise<Call> {
  const info = requestInfo(request);
  const writes = withBody.has(request.method);
  const data = writes ? await readBody(request, bodyBytes) : undefined;
  const ifMatch = entityTags(request.headers.get("if-match"), false);
  const ifNoneMatch = entityTags(request.headers.get("if-none-match"), true);
  const mutation = writes ? request.headers.get("idempotency-key") : null;
  return {
    resource: resource.name,
    action: target.action,
    user,
    request: info,
    ...readQuery(resource, target, info),
    ...readTarget(target, info),
    ...(operationNames.has(target.action) ? {} : { signal: request.signal }),
    ...(data === undefined ? {} : { data }),
    ...(mutation === null ? {} : { mutation }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

/** The row that an address means: by its key, or with `?lookup_by=` by another field. */
function readTarget({ key }: Target, { query }: RequestInfo): Pick<Call, "key" | "lookup"> {
  if (key === undefined) return {};
  const field = query.get(lookupKey);
  return field === null ? { key } : { lookup: { field, value: key } };
}

/** A list has a query, one row a filter and the fields that are to be shown; elsewhere a URL carries the resource's parameters and nothing else. */
function readQuery(
  resource: CompiledResource,
  target: Target,
  { query }: RequestInfo,
): { readonly query?: Query; readonly params: Record<string, string> } {
  const declared = new Set(Object.keys(resource.options.params ?? {}));
  if (target.action === "list" || target.action === "retrieve") {
    const isRow = target.action === "retrieve";
    const page = isRow ? [...query.keys()].find((name) => ofPages.has(name)) : undefined;
    if (page !== undefined) throw invalid([page], "unknown", `There is no parameter ${page}.`);
    const pairs = [...query].filter(([name]) => !isRow || name !== lookupKey);
    return parseUrlQuery(pairs, resource.visible, declared, resource.relatedFilters);
  }
  const params: Record<string, string> = {};
  let shown: Query | undefined;
  for (const [name, value] of query) {
    if (name === lookupKey && target.key !== undefined) continue;
    if (name === "fields" && showsRows.has(target.action)) {
      shown = { ...shown, fields: parseFields(query.getAll(name)) };
      continue;
    }
    if (name === "with" && showsRows.has(target.action)) {
      shown = { ...shown, with: parseWith(query.getAll(name)) };
      continue;
    }
    if (!declared.has(name)) throw invalid([name], "unknown", `There is no parameter ${name}.`);
    params[name] = value;
  }
  return { params, ...(shown === undefined ? {} : { query: shown }) };
}
