import type { LivesetError } from "../../core/error/liveset-error.ts";
import { TextResponse } from "./text-response.ts";

/** An error as an HTTP answer (RFC 9457). */
export function problemResponse(
  error: LivesetError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = JSON.stringify(error.toProblem());
  const wait = error.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfter)) };
  return new TextResponse(body, {
    status: error.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...wait, ...headers },
  });
}
