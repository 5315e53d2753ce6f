import type { Json } from "../../core/json.ts";

/**
 * Where things are kept that outlive a page: values by key. `indexedDbStorage` and `webStorage` are such; so may be anything else.
 */
export interface KeyValueStorage {
  /** Undefined where nothing is kept. */
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  /** Everything whose key begins so, in the order of the keys. */
  entries(prefix: string): Promise<readonly (readonly [string, Json])[]>;
}

/** A storage that does not outlive the page: for tests, and where nothing may be kept. */
export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    get: async (key) => {
      const text = values.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    },
    set: async (key, value) => void values.set(key, JSON.stringify(value)),
    delete: async (key) => void values.delete(key),
    entries: async (prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => [key, JSON.parse(text) as Json] as const),
  };
}
