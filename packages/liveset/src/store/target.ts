import type { Subscribe } from "../core/protocol/subscribe.ts";

/** What identifies a live query within one client. */
export type Target = Pick<Subscribe, "resource" | "action" | "key" | "params" | "query">;
