import type { Operation } from "./resource.ts";

/** The operations, in the order of their documentation. */
export const operations: readonly Operation[] = ["list", "retrieve", "create", "update", "patch", "delete"];

/** Their names; no action may have one of them. */
export const operationNames: ReadonlySet<string> = new Set(operations);
