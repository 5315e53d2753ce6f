import { literal, object, type Schema, string } from "./schema.ts";

/** down: the answer to `ping`. Everything up to `cursor` has been sent, so an idle client's cursor stays young. */
export interface Pong {
  readonly type: "pong";
  readonly cursor: string;
}

export const pong: Schema<Pong> = object({ type: literal("pong"), cursor: string });
