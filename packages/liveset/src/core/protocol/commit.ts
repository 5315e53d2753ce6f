import { array, literal, object, optional, type Schema, string } from "./schema.ts";

/** down: all `changes` of the transaction have been sent; the client shows them now, at once. `mutations` names the receiver's own writes in it. */
export interface Commit {
  readonly type: "commit";
  readonly cursor: string;
  readonly mutations?: readonly string[];
}

export const commit: Schema<Commit> = object({
  type: literal("commit"),
  cursor: string,
  mutations: optional(array(string)),
});
