import { literal, object, type Schema, string } from "./schema.ts";

/** up: changes the principal of the connection. Answered by `welcome`; lists whose scope changed are `reset`. An empty token signs out. */
export interface Auth {
  readonly type: "auth";
  readonly token: string;
}

export const auth: Schema<Auth> = object({ type: literal("auth"), token: string });
