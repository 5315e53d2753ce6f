import { id, literal, object, type Schema } from "./schema.ts";

/** up: ends a subscription. Nothing is answered; an unknown id is an `error`. */
export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly id: string;
}

export const unsubscribe: Schema<Unsubscribe> = object({ type: literal("unsubscribe"), id });
