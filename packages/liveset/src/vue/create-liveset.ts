import { type InjectionKey, inject, type Plugin } from "vue";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

const clientKey: InjectionKey<Client> = Symbol("liveset");

/**
 * The plugin that gives a client to all components of an application.
 *
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createLiveset } from "liveset/vue";
 * import { createApp } from "vue";
 *
 * const app = createApp({ template: "<p>Hello</p>" });
 * app.use(createLiveset(createClient("/ws/"))).mount("#app");
 * ```
 */
export function createLiveset<A extends ApiTypes>(client: Client<A>): Plugin {
  return {
    install(app) {
      app.provide(clientKey, client as unknown as Client);
    },
  };
}

/**
 * The application's client, as `useClient<typeof api>()` with the types of its API.
 *
 * @throws LivesetError `internal` outside of a component's setup, or where `createLiveset` is not installed.
 * @example
 * ```ts
 * import { useClient } from "liveset/vue";
 *
 * const client = useClient();
 * const tasks = client.resource("tasks");
 * ```
 */
export function useClient<A extends ApiTypes>(): Client<A> {
  const client = inject(clientKey, null);
  if (client !== null) return client as unknown as Client<A>;
  throw new LivesetError("internal", {
    detail: "No client: install createLiveset(client), and call useClient in setup.",
  });
}
