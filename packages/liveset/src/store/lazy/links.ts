import type { WireRow } from "../../core/json.ts";

/** A list of children's ids of which a part is known. */
export interface PartialIds {
  readonly startIndex?: number;
  readonly indexes: readonly string[];
  /** How many children there are in all. */
  readonly length: number;
}

/** The value of a child field. */
export type ChildIds = readonly string[] | PartialIds;

/** The children's ids in a row's field; none where it has no such value. Ids are texts, whatever the server sends. */
export function childIdsOf(row: WireRow | undefined, field: string): ChildIds {
  const value = row?.[field] as unknown;
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object" || value === null) return [];
  const { indexes, length, startIndex = 0 } = value as Partial<PartialIds>;
  if (!Array.isArray(indexes)) return [];
  return { startIndex, indexes: indexes.map(String), length: Math.max(length ?? 0, 0) };
}

/** A row whose field has some ids no more; the same row where it had none of them. */
export function withoutIds(row: WireRow, field: string, ids: ReadonlySet<string>): WireRow {
  const value = childIdsOf(row, field);
  const list = Array.isArray(value) ? (value as readonly string[]) : (value as PartialIds).indexes;
  const left = list.filter((id) => !ids.has(id));
  const gone = list.length - left.length;
  if (gone === 0) return row;
  if (Array.isArray(value)) return { ...row, [field]: left };
  const { length, startIndex = 0 } = value as PartialIds;
  return { ...row, [field]: { startIndex, indexes: left, length: Math.max(length - gone, left.length) } };
}

/** A row whose field has another id in the place of one, or has the new one at its end where it had neither. */
export function withId(row: WireRow, field: string, id: string): WireRow {
  const value = childIdsOf(row, field);
  const list = Array.isArray(value) ? (value as readonly string[]) : (value as PartialIds).indexes;
  if (list.includes(id)) return row;
  if (Array.isArray(value)) return { ...row, [field]: [...list, id] };
  const { length, startIndex = 0 } = value as PartialIds;
  // Behind what is known there may be a gap; the new one is told by the length, and found when it is read.
  const indexes = startIndex + list.length === length ? [...list, id] : list;
  return { ...row, [field]: { startIndex, indexes: [...indexes], length: length + 1 } };
}
