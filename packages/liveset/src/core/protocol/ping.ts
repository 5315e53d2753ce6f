import { literal, object, type Schema } from "./schema.ts";

/** up: the client is alive. Answered by `pong`. */
export interface Ping {
  readonly type: "ping";
}

export const ping: Schema<Ping> = object({ type: literal("ping") });
