import type { IR, LoadSubsetOptions } from "@tanstack/db";
import type { Json } from "../core/json.ts";
import { fieldOf } from "./field-of.ts";
import { translateWhere } from "./translate-where.ts";

/** What a subset needs of the server. */
export interface SubsetQuery {
  readonly where?: Readonly<Record<string, Json>>;
  readonly orderBy?: Readonly<Record<string, Json>>;
  /** Only the first rows of that order; there is none without an order. */
  readonly limit?: number;
}

/**
 * The live query that has all rows of a subset that TanStack DB asks for, or more. A limit is kept only where both condition and
 * order mean the same on both sides: the first rows of another list would be other rows. A page is a part of the first rows up to its end.
 */
export function subsetQuery({ where, orderBy, limit, offset = 0 }: LoadSubsetOptions): SubsetQuery {
  const condition = translateWhere(where);
  const order = translateOrder(orderBy ?? []);
  return {
    ...(condition.where === null ? {} : { where: condition.where }),
    ...(condition.isExact && order !== null && limit !== undefined
      ? { orderBy: order, limit: offset + limit }
      : {}),
  };
}

/** Null where there is none, or where text would be in another order than the server's. */
function translateOrder(orderBy: IR.OrderBy): Record<string, Json> | null {
  const order: Record<string, Json> = {};
  for (const { expression, compareOptions } of orderBy) {
    const field = fieldOf(expression);
    const { direction, nulls, stringSort } = compareOptions;
    if (field === null || stringSort !== "lexical") return null;
    order[field] ??= { direction, nulls };
  }
  return orderBy.length === 0 ? null : order;
}
