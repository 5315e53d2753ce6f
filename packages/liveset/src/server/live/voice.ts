import type { Cursor } from "../../core/change/cursor.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { WireOrderTerm } from "../../core/protocol/subscribed.ts";
import type { OperationResult } from "../operation/call.ts";
import type { GroupChanges } from "./group-changes.ts";

/** A subscription that is open now. */
export interface Opened {
  /** The client's own id of it. */
  readonly id: string;
  readonly group: number;
  readonly cursor: Cursor;
  readonly plan: string;
  /** Names of the key's columns. */
  readonly keys: readonly string[];
  readonly order: readonly WireOrderTerm[];
  /** All rows, or null where the client keeps those it has (`resumed`). */
  readonly rows: readonly WireRow[] | null;
  /** Of a window: rows of the whole list where that is asked, and whether it goes on behind the window. */
  readonly total?: number;
  readonly hasMore?: boolean;
}

/** How a session speaks to its client: the half of a dialect that writes. Nothing here throws. */
export interface Voice {
  welcome(session: string, epoch: string, cursor: Cursor, heartbeat: number): void;
  subscribed(opened: Opened): void;
  changes(changes: GroupChanges): void;
  commit(cursor: Cursor, mutations: readonly string[]): void;
  reset(group: number, reason: string): void;
  response(id: string, result: OperationResult): void;
  /** An answer before the last one. A dialect whose requests have one answer leaves it out. */
  partial?(id: string, result: OperationResult): void;
  /** `id` is that of the subscription or request that failed, null where there is none. */
  error(id: string | null, error: LivesetError): void;
  pong(cursor: Cursor): void;
  /** The server hears of changes again, or does not at the moment. */
  feed(live: boolean): void;
}
