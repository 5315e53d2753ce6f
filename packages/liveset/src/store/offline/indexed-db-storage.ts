import type { Json } from "../../core/json.ts";
import type { KeyValueStorage } from "./key-value-storage.ts";

const table = "values";

/**
 * A storage in IndexedDB, in a database of its own, opened when it is first used. Each call is one transaction: what is
 * resolved is kept.
 *
 * @param name the database's
 * @throws what IndexedDB says, such as that no room is left, or that it is not to be had in this window.
 * @example
 * ```ts
 * import { indexedDbStorage } from "liveset/store";
 *
 * const storage = indexedDbStorage("todo");
 * ```
 */
export function indexedDbStorage(name: string, factory: IDBFactory = indexedDB): KeyValueStorage {
  let opened: Promise<IDBDatabase> | null = null;
  const open = (): Promise<IDBDatabase> => {
    opened ??= openDatabase(name, factory, () => {
      opened = null;
    });
    return opened;
  };
  const run = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const transaction = (await open()).transaction(table, mode);
    const request = work(transaction.objectStore(table));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  };
  return {
    get: (key) => run("readonly", (store) => store.get(key) as IDBRequest<Json | undefined>),
    set: async (key, value) => void (await run("readwrite", (store) => store.put(value, key))),
    delete: async (key) => void (await run("readwrite", (store) => store.delete(key))),
    entries: async (prefix) => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const keys = await run("readonly", (store) => store.getAllKeys(range));
      const values = await run("readonly", (store) => store.getAll(range) as IDBRequest<Json[]>);
      // In two transactions: what came between them is seen by the next look.
      return keys.length === values.length
        ? keys.map((key, i) => [String(key), values[i] as Json] as const)
        : [];
    },
  };
}

function openDatabase(name: string, factory: IDBFactory, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(table);
    request.onsuccess = () => {
      const database = request.result;
      // Another tab deletes it, or the browser closes it: it is opened anew when it is needed.
      database.onversionchange = () => {
        database.close();
        closed();
      };
      database.onclose = closed;
      resolve(database);
    };
    request.onerror = () => {
      closed();
      reject(request.error);
    };
  });
}
