import { invalid, type LivesetError } from "../error/liveset-error.ts";
import type { Json } from "../json.ts";
import type { Query } from "../protocol/query.ts";
import { nullsOf } from "./order.ts";
import { readOrderTerm } from "./parse-order.ts";

/**
 * A query as the parameters of a URL, in Django's form: `done=true&text__icontains=milk&id__in=1,2&ordering=-id`, with
 * `ordering=id__nulls_last` where NULL does not stand where it does by itself. What has no such form (AND, OR, NOT, equality
 * with null, an empty list, a field named like a parameter) stands in `where=` as JSON. `parseUrlQuery` reads it back to an
 * equal query.
 *
 * @throws LivesetError `invalid` with the path `["orderBy", field]`, for what is no direction.
 */
export function printUrlQuery(query: Query): URLSearchParams {
  const params = new URLSearchParams();
  if (query.where !== undefined) printWhere(query.where, params);
  if (query.search !== undefined) params.append("search", query.search);
  if (query.orderBy !== undefined) params.append("ordering", printOrder(query.orderBy));
  if (query.limit !== undefined) params.append("limit", String(query.limit));
  if (query.offset !== undefined) params.append("offset", String(query.offset));
  if (query.after !== undefined) params.append("after", query.after);
  if (query.fields !== undefined) params.append("fields", query.fields.join(","));
  if (query.with !== undefined) params.append("with", JSON.stringify(query.with));
  return params;
}

function printWhere(where: Readonly<Record<string, Json>>, params: URLSearchParams): void {
  const rest: [string, Json][] = [];
  let flat = 0;
  for (const [field, value] of Object.entries(where)) {
    if (value === undefined) continue;
    const pairs = printField(field, value);
    if (pairs === null) rest.push([field, value]);
    else for (const [key, text] of pairs) params.append(key, text);
    flat += pairs?.length ?? 0;
  }
  if (rest.length > 0 || flat === 0) params.append("where", JSON.stringify(Object.fromEntries(rest)));
}

/** The parameters of one field, or null where JSON must carry it. */
function printField(field: string, value: Json): [string, string][] | null {
  if (
    field.includes("__") ||
    /^(where|search|ordering|limit|offset|after|fields|with|AND|OR|NOT)$/.test(field)
  )
    return null;
  if (value === null || Array.isArray(value)) return null;
  if (typeof value !== "object") return [[field, String(value)]];
  const pairs: [string, string][] = [];
  for (const [lookup, operand] of Object.entries(value)) {
    if (operand === undefined) continue;
    const texts = lookup.includes("__") ? null : printOperand(lookup, operand);
    if (texts === null) return null;
    for (const text of texts) pairs.push([`${field}__${lookup}`, text]);
  }
  return pairs.length === 0 ? null : pairs;
}

/** The texts of one lookup: joined by commas, or one parameter for each value where a value has a comma. */
function printOperand(lookup: string, operand: Json): string[] | null {
  if (!Array.isArray(operand))
    return operand === null || typeof operand === "object" ? null : [String(operand)];
  if ((lookup !== "in" && lookup !== "range") || operand.length === 0) return null;
  if (operand.some((one) => one === null || typeof one === "object")) return null;
  const texts = operand.map(String);
  // Alone, nothing would be read as no values at all.
  if (texts.length === 1 && texts[0] === "") return null;
  if (!texts.some((text) => text.includes(","))) return [texts.join(",")];
  return texts.length === 1 ? null : texts;
}

function printOrder(orderBy: Readonly<Record<string, Json>>): string {
  const terms = Object.entries(orderBy).filter(([, value]) => value !== undefined);
  return terms
    .map(([field, value]) => {
      const term = readOrderTerm(field, value);
      if (term === null) throw orderFault(field);
      // A field whose own name ends like that says it once more, so that its name is not taken for another field's NULLs.
      const isSaid = term.nulls !== undefined || /__nulls_(first|last)$/.test(field);
      return `${term.direction === "desc" ? "-" : ""}${field}${isSaid ? `__nulls_${nullsOf(term)}` : ""}`;
    })
    .join(",");
}

/** One sentence for all, because every page's bundle has it; the server tells them apart. */
function orderFault(field: string): LivesetError {
  const message = `The direction of ${field} must be "asc" or "desc", the nulls of ${field} "first" or "last".`;
  return invalid(["orderBy", field], "invalid_value", message);
}
