import type { Json } from "../../../core/json.ts";

/** A request to follow a model's rows, as a client writes it. `id` is any JSON value but null. */
export interface SubscribeFrame {
  readonly type: "subscribe";
  readonly id: Json;
  readonly model: string;
  readonly action: "list" | "retrieve";
  readonly lookupBy: Json;
  readonly viewKwargs: Readonly<Record<string, Json>>;
  readonly queryParams: Readonly<Record<string, Json>>;
  /** An extension: the rows that are there come first. */
  readonly snapshot: boolean;
  /** An extension: where a lost connection left off, as the last `snapshot`, `resumed` and `commit` said. */
  readonly since: { readonly cursor: string; readonly plan: string } | null;
}

export interface UnsubscribeFrame {
  readonly type: "unsubscribe";
  readonly id: Json;
}

/** What is wrong with a frame: django-rest-live's code and sentence. `id` is null where none can be read. */
export interface FrameFault {
  readonly type: "fault";
  readonly id: Json;
  readonly code: number;
  readonly message: string;
}

/** What happened to a row, relative to the list that is followed. */
export type BroadcastAction = "CREATED" | "UPDATED" | "DELETED";
