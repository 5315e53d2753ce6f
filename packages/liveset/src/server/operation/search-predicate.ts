import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";

/**
 * Every word of the text must occur in one of the resource's search fields, whatever its case.
 *
 * @throws LivesetError `invalid` where the resource declares no search, `limit_exceeded` for more words than `conditions` allows.
 */
export function searchPredicate(resource: CompiledResource, text: string, conditions: number): Predicate {
  const fields = resource.options.search ?? [];
  const words = text.split(/\s+/u).filter((word) => word !== "");
  if (fields.length === 0) throw invalid(["search"], "not_declared", `${resource.name} cannot be searched.`);
  if (words.length * fields.length > conditions) {
    throw new LivesetError("limit_exceeded", {
      detail: `A search may have at most ${Math.max(1, Math.floor(conditions / fields.length))} words.`,
    });
  }
  const of = words.map(
    (value): Predicate => ({
      op: "or",
      of: fields.map((column) => ({ op: "compare", column, lookup: "icontains", value })),
    }),
  );
  return { op: "and", of };
}
