import type { Json } from "../../core/json.ts";

/** What an operation answers, as JSON, so that a write's answer can be kept and given again (P6). */
export type Answer = {
  readonly status: number;
  readonly data: Json;
  readonly etag?: string;
  readonly key?: string;
};
