import { type Auth, auth } from "./auth.ts";
import { type Batch, batch } from "./batch.ts";
import { type Ping, ping } from "./ping.ts";
import { type Request, request } from "./request.ts";
import type { Schema } from "./schema.ts";
import { type Subscribe, subscribe } from "./subscribe.ts";
import { type Unsubscribe, unsubscribe } from "./unsubscribe.ts";

/** A frame that a client sends. */
export type Up = Subscribe | Unsubscribe | Request | Batch | Auth | Ping;

/** The schemas of the frames that a client sends, by `type`. */
export const up: { readonly [T in Up["type"]]: Schema<Extract<Up, { type: T }>> } = {
  subscribe,
  unsubscribe,
  request,
  batch,
  auth,
  ping,
};
