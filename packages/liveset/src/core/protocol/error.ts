import type { Issue } from "../error/liveset-error.ts";
import { array, json, literal, number, object, optional, type Schema, string } from "./schema.ts";

/** down: a frame was refused or a subscription failed. `id` is that of the subscription or request, absent where no frame could be read. */
export interface ErrorFrame {
  readonly type: "error";
  readonly id?: string;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly Issue[];
}

export const error: Schema<ErrorFrame> = object({
  type: literal("error"),
  id: optional(string),
  code: string,
  status: number,
  title: string,
  detail: optional(string),
  errors: optional(array(json as unknown as Schema<Issue>)),
});
