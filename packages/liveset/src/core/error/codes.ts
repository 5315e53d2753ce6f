/** What a code means on every transport. REST status, WebSocket close code, retry advice and sentence are all derived from here. */
export interface CodeEntry {
  /** HTTP status, also carried by `error` and `response` frames. */
  readonly status: number;
  /** WebSocket close code, where the error ends the connection. */
  readonly close?: number;
  /** Whether repeating the same call later can succeed without changing it. */
  readonly retry: boolean;
  /** One sentence for people: the `title` of `application/problem+json`. */
  readonly title: string;
}

/** The one table of error codes. */
export const codes = {
  invalid: { status: 400, retry: false, title: "Some values are not valid." },
  malformed: { status: 400, retry: false, title: "The message could not be read." },
  unknown_frame: { status: 400, retry: false, title: "No frame of this type exists." },
  duplicate_id: { status: 400, retry: false, title: "A subscription with this id is already open." },
  unknown_subscription: { status: 404, retry: false, title: "No subscription with this id is open." },
  limit_exceeded: { status: 400, retry: false, title: "The query is larger than the server allows." },
  too_many_rows: { status: 400, retry: false, title: "The list has more rows than may be live at once." },
  too_many_subscriptions: { status: 429, retry: false, title: "This connection has too many subscriptions." },
  unauthenticated: { status: 401, retry: false, title: "Sign in first." },
  session_expired: { status: 401, close: 4401, retry: false, title: "The session has ended. Sign in again." },
  forbidden: { status: 403, retry: false, title: "You may not do this." },
  outside_scope: { status: 403, retry: false, title: "The row would leave what you may see." },
  origin_refused: { status: 403, close: 4403, retry: false, title: "This origin may not connect." },
  not_found: { status: 404, retry: false, title: "Not found." },
  unknown_resource: { status: 404, retry: false, title: "No resource of this name exists." },
  method_not_allowed: { status: 405, retry: false, title: "This operation is not offered here." },
  conflict: { status: 409, retry: false, title: "The change contradicts other data." },
  mutation_reused: { status: 409, retry: false, title: "This mutation id was used for another write." },
  precondition_failed: { status: 412, retry: false, title: "The row has changed meanwhile." },
  too_large: { status: 413, close: 1009, retry: false, title: "The message is too large." },
  unsupported_media_type: { status: 415, retry: false, title: "Send JSON." },
  throttled: { status: 429, retry: true, title: "Too many requests. Wait a moment." },
  internal: { status: 500, close: 1011, retry: false, title: "The server failed." },
  unavailable: { status: 503, retry: true, title: "The database cannot be reached at the moment." },
  timeout: { status: 503, retry: true, title: "The server took too long." },
  going_away: { status: 503, close: 1001, retry: true, title: "The server is stopping." },
  slow_reader: { status: 503, close: 4408, retry: true, title: "The connection reads too slowly." },
  list_ended: {
    status: 503,
    close: 4410,
    retry: true,
    title: "A list of this connection cannot be continued. Connect and read again.",
  },
  heartbeat_missed: {
    status: 503,
    close: 4409,
    retry: true,
    title: "The connection was silent for too long.",
  },
  disconnected: { status: 503, retry: true, title: "The connection was lost before an answer came." },
  released: { status: 499, retry: false, title: "The client was closed." },
} as const;

/** A code of the table. */
export type Code = keyof typeof codes;

/** The entry of a code, with the parts that not every code has. */
export function codeEntry(code: Code): CodeEntry {
  return codes[code];
}
