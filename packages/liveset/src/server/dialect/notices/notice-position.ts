import type { RequestInfo } from "../../context.ts";
import { etag } from "../../operation/etag.ts";

/** How far a client has been told everything, and what that everything was. */
export interface NoticePosition {
  readonly cursor: string;
  /** Two with the same digest were told of the same rows. */
  readonly digest: string;
}

/** A position as clients keep it. Opaque to them. */
export function printPosition({ cursor, digest }: NoticePosition): string {
  return `${cursor}.${digest}`;
}

/** Reads what `printPosition` wrote. Any other text is a position that nobody knows. */
export function parsePosition(text: string): NoticePosition {
  const end = text.lastIndexOf(".");
  return end < 0 ? { cursor: text, digest: "" } : { cursor: text.slice(0, end), digest: text.slice(end + 1) };
}

/**
 * Where a client left off: `Last-Event-ID`, as browsers send it when they connect again, else `?since=` or `?lastEventId=`; null where it says
 * nothing. Empty: it left off nowhere, but wants to be told where it stands.
 */
export function positionAsked({ headers, query }: RequestInfo): string | null {
  return headers.get("last-event-id") ?? query.get("since") ?? query.get("lastEventId");
}

/** @param plans of the queries that are followed, by resource */
export function digestOf(plans: readonly (readonly [string, string])[]): string {
  return etag(JSON.stringify([...plans].sort(([a], [b]) => (a < b ? -1 : 1))));
}
