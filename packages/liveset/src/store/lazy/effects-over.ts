import type { EffectContext, IndexRange, RowEffects } from "./row-effects.ts";

interface CallOptions {
  readonly signal: AbortSignal;
  readonly mutation?: string;
}

/** As much of a client's resource as lazy rows need. */
export interface EffectSource {
  byIds(ids: never, options: never): Promise<readonly object[]>;
  indexes(
    parentId: never,
    childField: string,
    startIndex: number,
    length: number,
    options: never,
  ): Promise<IndexRange>;
  create(data: never, options: never): Promise<object>;
  patch(key: never, data: never, options: never): Promise<object>;
  delete(key: never, options: never): Promise<void>;
}

/** How a resource's rows are loaded and written. */
export interface EffectsOverOptions {
  /** Fields of children, and how many of their ids come with each row. Then at most 100 rows are loaded by one call: see `chunkSize`. */
  readonly children?: Readonly<Record<string, number>>;
  /** What a new row has of its parent, such as `(parentId) => ({ departmentId: parentId })`. Default: nothing. */
  readonly parent?: (parentId: string) => Readonly<Record<string, unknown>>;
  /** Name of the field that has the row's id. Default `id`. */
  readonly key?: string;
}

/**
 * The effects of a lazy resource over a resource of a liveset client: rows by ids and ids by range, with the caller's scope and
 * permissions; writes with their mutation ids, so that each is done once.
 *
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createStore, effectsOver } from "liveset/store";
 *
 * const store = createStore();
 * const client = createClient("ws://localhost:8000/ws/");
 * const departments = store.lazy<{ id: string; name: string }>("departments", {
 *   effects: effectsOver(client.resource("departments"), { children: { docs: 50 } }),
 *   defaultRow: (id) => ({ id, name: "…" }),
 *   children: { docs: "docs" },
 *   chunkSize: 100,
 * });
 * ```
 */
export function effectsOver<Row extends object>(
  resource: EffectSource,
  { children, parent, key = "id" }: EffectsOverOptions = {},
): Required<RowEffects<Row>> {
  const reads = ({ signal }: EffectContext): CallOptions => ({ signal });
  const writes = ({ signal, mutation }: EffectContext): CallOptions => ({ signal, mutation });
  return {
    loadByIds: (ids, context) =>
      resource.byIds(
        ids as never,
        { ...reads(context), ...(children === undefined ? {} : { children }) } as never,
      ) as Promise<readonly Row[]>,
    loadByIndexes: (parentId, field, startIndex, length, context) =>
      resource.indexes(parentId as never, field, startIndex, length, reads(context) as never),
    add: (row, context) => {
      // The server makes the key, and knows nothing of what is only shown.
      const { [key]: _, isLoading: __, ...data } = row as Record<string, unknown>;
      const whole = { ...data, ...parent?.(context.parentId) };
      return resource.create(whole as never, writes(context) as never) as Promise<Row>;
    },
    update: async (row, { patch, ...context }) => {
      const known = row as Record<string, unknown>;
      const saved = await resource.patch(known[key] as never, patch as never, writes(context) as never);
      // An answer to a write has no ids of children: those that are known stay.
      const kept = Object.keys(children ?? {}).map((field) => [field, known[field]]);
      return { ...Object.fromEntries(kept), ...saved } as Row;
    },
    delete: (id, context) => resource.delete(id as never, writes(context) as never),
  };
}
