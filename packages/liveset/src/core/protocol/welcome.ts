import { literal, number, object, type Schema, string } from "./schema.ts";

/** down: the first frame, and the answer to `auth`. `heartbeat` is the longest silence in ms that the server bears before it expects a `ping`. */
export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  readonly epoch: string;
  readonly cursor: string;
  readonly heartbeat: number;
}

export const welcome: Schema<Welcome> = object({
  type: literal("welcome"),
  session: string,
  epoch: string,
  cursor: string,
  heartbeat: number,
});
