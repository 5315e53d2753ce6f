import { createComponent, createContext, type JSX, useContext } from "solid-js";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

const ClientContext = createContext<Client>();

/** What `LivesetProvider` takes. */
export interface LivesetProviderProps<A extends ApiTypes> {
  readonly client: Client<A>;
  readonly children?: JSX.Element;
}

/**
 * Gives a client to all components below it.
 *
 * @example
 * ```tsx
 * import { createClient } from "liveset/client";
 * import { LivesetProvider } from "liveset/solid";
 *
 * const client = createClient("/ws/");
 * export const App = () => (
 *   <LivesetProvider client={client}>
 *     <p>Hello</p>
 *   </LivesetProvider>
 * );
 * ```
 */
export function LivesetProvider<A extends ApiTypes>(props: LivesetProviderProps<A>): JSX.Element {
  return createComponent(ClientContext.Provider, {
    value: props.client as unknown as Client,
    get children() {
      return props.children;
    },
  });
}

/**
 * The client of the nearest `LivesetProvider`, as `useClient<typeof api>()` with the types of its API.
 *
 * @throws LivesetError `internal` where there is none.
 * @example
 * ```ts
 * import { useClient } from "liveset/solid";
 *
 * const client = useClient();
 * const tasks = client.resource("tasks");
 * ```
 */
export function useClient<A extends ApiTypes>(): Client<A> {
  const client = useContext(ClientContext);
  if (client !== undefined) return client as unknown as Client<A>;
  throw new LivesetError("internal", { detail: "There is no LivesetProvider above." });
}
