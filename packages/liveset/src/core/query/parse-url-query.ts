import { invalid } from "../error/liveset-error.ts";
import type { Json } from "../json.ts";
import type { Query } from "../protocol/query.ts";
import type { Column, Columns } from "./column-kind.ts";
import { type Lookup, lookups } from "./lookup.ts";
import { parseOperand } from "./operand.ts";
import { type Nulls, orderTerm } from "./order.ts";
import type { RelatedField, RelatedFields } from "./related-fields.ts";

/** A URL's parameters, sorted into what they are. */
export interface ParsedUrlQuery {
  readonly query: Query;
  /** The declared params of a resource, raw. */
  readonly params: Record<string, string>;
}

/**
 * A query from the parameters of a URL, in Django's form (see `printUrlQuery`). Values are converted by the kind of
 * their column; whether a field and lookup are declared is for `parseWhere` to say.
 *
 * - `field=value` is equality; `field__lookup=value` the lookup after the last `__`, where that is one and the field
 *   before it exists. A column whose own name has `__` is found as a whole otherwise.
 * - `in` and `range` take values joined by commas. On text, a parameter given several times has one value each time, in
 *   which a comma is a character.
 * - `list__ownerId=3` is a field of a related table, where `related` has it. Behind a relation to any number of rows it
 *   means that some row has it; several parameters mean the same row.
 * - `ordering=-dueAt,id` goes by `dueAt`, descending, then by `id`; `-dueAt__nulls_first` says where NULL stands.
 * - `fields=id,text` are the fields that are shown.
 * - `with=tasks,tasks.author` are the relations of which the rows are nested; as JSON it says more of them.
 * - `true` and `false` may be written as in Python, and as 1 and 0.
 * - `where=<JSON>` carries the object form; what stands beside it is joined to it by AND.
 *
 * @throws LivesetError `invalid` with the path `[key]`: an unknown key, a value that is not of its column's kind, one
 * given twice.
 */
export function parseUrlQuery(
  pairs: Iterable<readonly [string, string]>,
  columns: Columns,
  params: ReadonlySet<string>,
  related: RelatedFields = new Map(),
): ParsedUrlQuery {
  const raw = new Map<string, string>();
  const fields = new Map<string, FieldFilter>();
  const known: Known = { columns, related, params };
  let query: Query = {};
  let json: Readonly<Record<string, Json>> | null = null;
  for (const [key, texts] of grouped(pairs)) {
    if (key === "where") json = parseJson(key, only(key, texts));
    else if (isPlainKey(key)) query = { ...query, [key]: only(key, texts) };
    else if (key === "limit" || key === "offset")
      query = { ...query, [key]: parseCount(key, only(key, texts)) };
    else if (key === "fields") query = { ...query, fields: parseFields(texts) };
    else if (key === "with") query = { ...query, with: parseWith(texts) };
    else if (key === "ordering") query = { ...query, orderBy: parseOrdering(only(key, texts), columns) };
    else if (params.has(key)) raw.set(key, only(key, texts));
    else addFilter(fields, key, texts, known);
  }
  const where = joinWhere(fields, json);
  return { query: where === null ? query : { ...query, where }, params: Object.fromEntries(raw) };
}

function isPlainKey(key: string): key is "search" | "after" {
  return key === "search" || key === "after";
}

function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, text] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [text]);
    else group.push(text);
  }
  return groups;
}

function only(key: string, texts: readonly string[]): string {
  const [text] = texts;
  if (text === undefined || texts.length > 1)
    throw invalid([key], "repeated", `${key} may be given only once.`);
  return text;
}

/** What a URL may name. */
interface Known {
  readonly columns: Columns;
  readonly related: RelatedFields;
  readonly params: ReadonlySet<string>;
}

/** What a URL says of one field; equality under the empty name. */
interface FieldFilter {
  readonly field: RelatedField;
  readonly held: Map<Lookup | "", Json>;
}

function addFilter(
  fields: Map<string, FieldFilter>,
  key: string,
  texts: readonly string[],
  known: Known,
): void {
  const found = findField(key, known);
  if (found === null) {
    const { columns, related, params } = known;
    const names = [...columns.keys(), ...related.keys(), ...params];
    const all = [...names, "search", "ordering", "limit", "offset", "after", "fields", "with", "where"];
    throw invalid([key], "not_declared", `${key} is not known; fields and parameters are ${all.join(", ")}.`);
  }
  const { name, field, lookup } = found;
  const value = parseFilter(field.column, lookup === "" ? "exact" : lookup, key, texts);
  const filter = fields.get(name);
  if (filter === undefined) fields.set(name, { field, held: new Map([[lookup, value]]) });
  else filter.held.set(lookup, value);
}

/** The field and lookup that a key names; the lookup is empty where the key is the field alone. */
function findField(
  key: string,
  known: Known,
): { readonly name: string; readonly field: RelatedField; readonly lookup: Lookup | "" } | null {
  const at = key.lastIndexOf("__");
  const name = at < 0 ? "" : key.slice(0, at);
  const prefix = fieldOf(name, known);
  const lookup = lookups.find((name) => name === key.slice(at + 2));
  if (prefix !== undefined && lookup !== undefined) return { name, field: prefix, lookup };
  const field = fieldOf(key, known);
  return field === undefined ? null : { name: key, field, lookup: "" };
}

function fieldOf(name: string, { columns, related }: Known): RelatedField | undefined {
  const column = columns.get(name);
  return column === undefined ? related.get(name) : { path: [], column };
}

function parseFilter(column: Column, lookup: Lookup, key: string, texts: readonly string[]): Json {
  switch (lookup) {
    case "isnull":
      return parseBoolean(only(key, texts), key);
    case "in":
    case "range":
      return splitValues(column, texts).map((text) => parseText(column, text, key));
    case "contains":
    case "icontains":
    case "startswith":
    case "istartswith":
    case "endswith":
      return only(key, texts);
    default:
      return parseText(column, only(key, texts), key);
  }
}

function splitValues(column: Column, texts: readonly string[]): readonly string[] {
  if (column.kind === "text") return texts.length === 1 ? (texts[0] ?? "").split(",") : texts;
  return texts.flatMap((text) => (text === "" ? [] : text.split(",")));
}

function parseText(column: Column, text: string, key: string): Json {
  switch (column.kind) {
    case "integer":
    case "real": {
      const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
      if (!isNumber) throw invalid([key], "invalid_value", `${key}: "${text.slice(0, 40)}" is not a number.`);
      const number = Number(text);
      const isLong = column.kind === "integer" && Number.isInteger(number) && !Number.isSafeInteger(number);
      return parseOperand(column, isLong ? text : number, [key]);
    }
    case "boolean":
      return parseBoolean(text, key);
    case "json":
    case "opaque":
      return text;
    default:
      parseOperand(column, text, [key]);
      return text;
  }
}

function parseBoolean(text: string, key: string): boolean {
  if (text === "true" || text === "True" || text === "1") return true;
  if (text === "false" || text === "False" || text === "0") return false;
  throw invalid([key], "invalid_value", `${key} takes true or false.`);
}

function parseCount(key: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw invalid([key], "invalid_value", `${key} must be a whole number.`);
  }
  return count;
}

/**
 * The names of fields, joined by commas, from the values of a URL's `fields`; none where there is nothing.
 *
 * @throws LivesetError `invalid` where it is given more than once.
 */
export function parseFields(texts: readonly string[]): readonly string[] {
  const text = only("fields", texts);
  return text === "" ? [] : text.split(",");
}

/**
 * What is asked of relations, from the values of a URL's `with`: JSON, or paths joined by commas.
 *
 * @throws LivesetError `invalid` where it is given more than once, or is no JSON.
 */
export function parseWith(texts: readonly string[]): Readonly<Record<string, Json>> {
  const text = only("with", texts);
  if (text.startsWith("{")) return parseJson("with", text);
  const asked: Record<string, Json> = {};
  for (const path of text === "" ? [] : text.split(",")) nest(asked, path.split("."));
  return asked;
}

function nest(asked: Record<string, Json>, [name = "", ...rest]: readonly string[]): void {
  const known = Object.hasOwn(asked, name) ? asked[name] : undefined;
  if (rest.length === 0) {
    if (known === undefined) Object.defineProperty(asked, name, { ...own, value: true });
    return;
  }
  const inner =
    typeof known === "object" && known !== null ? { ...(known as { with: Record<string, Json> }).with } : {};
  nest(inner, rest);
  Object.defineProperty(asked, name, { ...own, value: { with: inner } });
}

/** As an assignment makes it, whatever the name. */
const own = { enumerable: true, configurable: true, writable: true };

function parseOrdering(text: string, columns: Columns): Record<string, Json> {
  const terms = new Map<string, Json>();
  for (const term of text === "" ? [] : text.split(",")) {
    const direction = term.startsWith("-") ? "desc" : "asc";
    const { field, nulls } = splitNulls(term.startsWith("-") ? term.slice(1) : term, columns);
    if (!columns.has(field))
      throw invalid(["ordering"], "not_declared", `ordering: there is no field "${field}".`);
    if (terms.has(field)) throw invalid(["ordering"], "repeated", `ordering names ${field} twice.`);
    const said = orderTerm(field, direction, nulls).nulls;
    terms.set(field, said === undefined ? direction : { direction, nulls: said });
  }
  return Object.fromEntries(terms);
}

/** What stands before `__nulls_first` or `__nulls_last` is the field where there is one; else the whole is. */
function splitNulls(text: string, columns: Columns): { readonly field: string; readonly nulls?: Nulls } {
  const at = text.lastIndexOf("__nulls_");
  const field = text.slice(0, Math.max(at, 0));
  if (!columns.has(field)) return { field: text };
  const nulls = text.slice(at + "__nulls_".length);
  if (nulls === "first" || nulls === "last") return { field, nulls };
  if (columns.has(text)) return { field: text };
  const message = `ordering: ${field} may have __nulls_first or __nulls_last, not __nulls_${nulls}.`;
  throw invalid(["ordering"], "invalid_value", message);
}

function parseJson(key: string, text: string): Readonly<Record<string, Json>> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw invalid([key], "invalid_value", `${key} is not JSON.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid([key], "invalid_type", `${key} must be a JSON object.`);
  }
  return value as Readonly<Record<string, Json>>;
}

function joinWhere(
  fields: ReadonlyMap<string, FieldFilter>,
  json: Readonly<Record<string, Json>> | null,
): Record<string, Json> | null {
  if (fields.size === 0) return json;
  const flat: Record<string, Json> = {};
  for (const { field, held } of fields.values()) groupOf(flat, field)[field.column.name] = fieldValue(held);
  if (json === null) return flat;
  const apart = Object.keys(json).every((name) => !Object.hasOwn(flat, name));
  return apart
    ? Object.fromEntries([...Object.entries(flat), ...Object.entries(json)])
    : { ...flat, AND: [json] };
}

/** The condition on the rows that a field's relations lead to, made where it is missing. */
function groupOf(where: Record<string, Json>, { path }: RelatedField): Record<string, Json> {
  let group = where;
  for (const { name, kind } of path)
    for (const step of kind === "one" ? [name] : [name, "some"]) {
      if (!Object.hasOwn(group, step)) group[step] = {};
      group = group[step] as Record<string, Json>;
    }
  return group;
}

/** Equality alone is the bare value; beside other lookups it has its name. */
function fieldValue(held: ReadonlyMap<Lookup | "", Json>): Json {
  const bare = held.get("");
  if (bare !== undefined && held.size === 1) return bare;
  const named = [...held].filter(([lookup]) => lookup !== "");
  if (bare === undefined) return Object.fromEntries(named);
  return { exact: bare, ...Object.fromEntries(named) };
}
