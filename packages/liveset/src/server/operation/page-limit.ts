import { LivesetError } from "../../core/error/liveset-error.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Runtime } from "../runtime.ts";

/** The most rows of a resource that one answer may have. */
export function pageLimit({ limits }: Pick<Runtime, "limits">, { maxPageSize }: CompiledResource): number {
  return Math.min(maxPageSize, limits.pageSize);
}

/** Throws `limit_exceeded` where more is asked for; `what` names it. */
export function ensureAtMost(what: string, asked: number, most: number): void {
  if (asked > most) throw new LivesetError("limit_exceeded", { detail: `${what} may be at most ${most}.` });
}
