import { parse } from "hono/utils/cookie";
import type { RequestInfo } from "./context.ts";

/** What a context shows of a request. Cookies that cannot be decoded are given as they were sent. */
export function requestInfo(request: Request): RequestInfo {
  const url = new URL(request.url);
  const cookie = request.headers.get("cookie");
  return {
    url,
    headers: request.headers,
    cookies: cookie === null ? {} : parse(cookie),
    query: url.searchParams,
  };
}
