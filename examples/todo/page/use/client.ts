import { type Client, createClient } from "liveset/client";
import { type InjectionKey, inject, onScopeDispose, provide } from "vue";
import type { api } from "../../api.ts";

/** The client of the demo's API. */
export type TodoClient = Client<typeof api>;

const key: InjectionKey<TodoClient> = Symbol("client");

/** Makes a client for all components below, closed when this one goes. */
export function provideClient(): TodoClient {
  const client: TodoClient = createClient<typeof api>("/ws/");
  provide(key, client);
  onScopeDispose(() => client.close());
  return client;
}

/** The client that a component above provides. */
export function useClient(): TodoClient {
  const client = inject(key);
  if (client === undefined) throw new Error("No component above provides a client.");
  return client;
}
