import type { Json } from "../../core/json.ts";
import type { KeyValueStorage } from "./key-value-storage.ts";

/** As much of `localStorage` as is needed. */
export interface WebStorageLike {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * A storage in `localStorage` or `sessionStorage`: for small things, as it holds a few megabytes and blocks the page. What is
 * there and is no JSON is taken as nothing.
 *
 * @param prefix of all its keys, so that it meets nobody else's
 * @example
 * ```ts
 * import { webStorage } from "liveset/store";
 *
 * const storage = webStorage(localStorage, "todo/");
 * ```
 */
export function webStorage(storage: WebStorageLike, prefix = "liveset/"): KeyValueStorage {
  const read = (key: string): Json | undefined => {
    const text = storage.getItem(prefix + key);
    if (text === null) return undefined;
    try {
      return JSON.parse(text) as Json;
    } catch {
      return undefined;
    }
  };
  return {
    get: async (key) => read(key),
    set: async (key, value) => storage.setItem(prefix + key, JSON.stringify(value)),
    delete: async (key) => storage.removeItem(prefix + key),
    entries: async (start) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      return keys
        .filter((key) => key.startsWith(prefix + start))
        .sort()
        .flatMap((key) => {
          const own = key.slice(prefix.length);
          const value = read(own);
          return value === undefined ? [] : [[own, value] as const];
        });
    },
  };
}
