import { getContext, setContext } from "svelte";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

const key = Symbol("liveset");

/**
 * Gives a client to a component and all below it. To be called while the component is made.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { createClient } from "liveset/client";
 *   import { setClient } from "liveset/svelte";
 *
 *   setClient(createClient("/ws/"));
 * </script>
 * ```
 */
export function setClient<A extends ApiTypes>(client: Client<A>): void {
  setContext(key, client);
}

/**
 * The client that `setClient` gave, as `useClient<typeof api>()` with the types of its API. To be called while a component is made.
 *
 * @throws LivesetError `internal` where there is none.
 * @example
 * ```ts
 * import { useClient } from "liveset/svelte";
 *
 * const client = useClient();
 * const tasks = client.resource("tasks");
 * ```
 */
export function useClient<A extends ApiTypes>(): Client<A> {
  const client = getContext<Client<A> | undefined>(key);
  if (client !== undefined) return client;
  throw new LivesetError("internal", { detail: "No client: call setClient in a component above." });
}
