import type { Client } from "../client/client.ts";

/** What an action of a module is given by Vuex, as far as ours need it. */
export interface ActionContext<S> {
  readonly state: S;
  readonly rootState: unknown;
  commit(type: string, payload?: unknown, options?: { root?: boolean }): void;
}

/** The client that the store's socket module has. */
export function clientOf(rootState: unknown, path: string): Client | null {
  const modules = rootState as Readonly<Record<string, { readonly client?: Client | null } | undefined>>;
  return modules[path]?.client ?? null;
}
