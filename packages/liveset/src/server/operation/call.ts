import type { Cursor } from "../../core/change/cursor.ts";
import type { Json } from "../../core/json.ts";
import type { Key } from "../../core/key/key.ts";
import type { Query } from "../../core/protocol/query.ts";
import type { RequestInfo } from "../context.ts";
import type { User } from "../register.ts";
import type { RowLookup } from "./row-lookup.ts";

/** One operation or action asked for, whatever the transport. */
export interface Call {
  readonly resource: string;
  /** `list retrieve create update patch delete`, or the name of an action. */
  readonly action: string;
  readonly user: User | null;
  readonly request: RequestInfo;
  readonly key?: Key;
  /** Names the row in place of the key. */
  readonly lookup?: RowLookup;
  readonly data?: Json;
  readonly params?: Readonly<Record<string, Json>>;
  readonly query?: Query;
  readonly mutation?: string;
  /** Entity tags of `If-Match` / `If-None-Match`, without weakness marks; `*` for any. */
  readonly ifMatch?: readonly string[];
  readonly ifNoneMatch?: readonly string[];
  /** Of a list: all its rows, up to `limits.liveRows`, and no page. */
  readonly whole?: true;
  /** Told what an action says before its answer. Default: nobody is. */
  readonly reply?: (data: Json, status: number) => void;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** The answer. Errors are thrown as LivesetError. */
export interface OperationResult {
  /** 200, 201, 204, or 304 where `ifNoneMatch` fits. */
  readonly status: number;
  readonly data: Json;
  /** Of a write: its transaction. */
  readonly cursor?: Cursor;
  /** Of one row: its entity tag, without quotes. */
  readonly etag?: string;
  /** Of a write: the key of the row it left behind. */
  readonly key?: string;
}
