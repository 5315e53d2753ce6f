import type { Operation } from "./resource.ts";

/** The operations, in the order of their documentation. */
export const operations: readonly Operation[] = ["list", "retrieve", "create", "update", "patch", "delete"];

/** Reads of several rows by key, and of the keys of a row's children. They are a part of `retrieve`. */
export const batchReads = ["by-ids", "indexes"] as const;

/** The names of both; no action may have one of them. */
export const operationNames: ReadonlySet<string> = new Set([...operations, ...batchReads]);
