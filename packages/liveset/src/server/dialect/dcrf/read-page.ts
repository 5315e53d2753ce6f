import type { CompiledResource } from "../../compiled-resource.ts";
import type { Payload } from "./frame.ts";

/** Which rows of a list are answered. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** The page that a payload asks for. What is no such number is as if it were not there, and too large a limit is the largest. */
export function readPage(payload: Payload, resource: CompiledResource, pageSize: number): Page {
  const most = Math.min(resource.maxPageSize, pageSize);
  const limit = count(payload.limit, 1) ?? resource.pageSize;
  return { limit: Math.min(limit, most), offset: count(payload.offset, 0) ?? 0 };
}

function count(value: unknown, least: number): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= least ? number : null;
}
