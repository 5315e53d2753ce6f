import type { Json } from "../../core/json.ts";
import type { Query } from "../../core/protocol/query.ts";
import { printUrlQuery } from "../../core/query/url-query.ts";
import type { Call, OperationResult } from "../operation/call.ts";
import { etag } from "../operation/etag.ts";
import { TextResponse } from "./text-response.ts";

// What a caller sees depends on who asks: no shared cache may keep it, and a private one asks again with the ETag.
const cacheable = { "cache-control": "private, no-cache", vary: "Authorization, Cookie" };

/** The HTTP answer to an operation. `root` is the absolute URL of the interface, with a slash at its end. */
export function respond(call: Call, result: OperationResult, root: string): Response {
  if (call.action === "list") return respondList(call, result.data, root);
  const headers = new Headers(call.action === "retrieve" ? cacheable : { "cache-control": "no-store" });
  if (result.etag !== undefined) headers.set("etag", `"${result.etag}"`);
  if (result.status === 304 || result.status === 204)
    return new Response(null, { status: result.status, headers });
  if (result.status === 201 && result.key !== undefined) {
    headers.set("location", `${root}${call.resource}/${encodeURIComponent(result.key)}/`);
  }
  headers.set("content-type", "application/json");
  return new TextResponse(JSON.stringify(result.data), { status: result.status, headers });
}

function respondList(call: Call, data: Json, root: string): Response {
  const page = data as unknown as { readonly next: Query | null; readonly previous: Query | null };
  const next = pageUrl(call, page.next, root);
  const previous = pageUrl(call, page.previous, root);
  const body = JSON.stringify({ ...page, next, previous });
  const tag = etag(body);
  const headers = { ...cacheable, etag: `"${tag}"`, "content-type": "application/json" };
  const known = call.ifNoneMatch ?? [];
  if (known.includes("*") || known.includes(tag)) return new Response(null, { status: 304, headers });
  return new TextResponse(body, { headers });
}

function pageUrl(call: Call, query: Query | null, root: string): string | null {
  if (query === null) return null;
  const search = printUrlQuery(query);
  for (const [name, value] of Object.entries(call.params ?? {})) search.set(name, String(value));
  return `${root}${call.resource}/?${search}`;
}
