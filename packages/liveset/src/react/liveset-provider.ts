import { createContext, createElement, type ReactElement, type ReactNode, useContext } from "react";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

const ClientContext = createContext<Client | null>(null);

/** What `LivesetProvider` takes. */
export interface LivesetProviderProps<A extends ApiTypes> {
  readonly client: Client<A>;
  readonly children?: ReactNode;
}

/**
 * Gives a client to all components below it.
 *
 * @example
 * ```tsx
 * import { createClient } from "liveset/client";
 * import { LivesetProvider } from "liveset/react";
 *
 * const client = createClient("/ws/");
 * export const app = (
 *   <LivesetProvider client={client}>
 *     <p>Hello</p>
 *   </LivesetProvider>
 * );
 * ```
 */
export function LivesetProvider<A extends ApiTypes>({
  client,
  children,
}: LivesetProviderProps<A>): ReactElement {
  return createElement(ClientContext.Provider, { value: client as unknown as Client }, children);
}

/**
 * The client of the nearest `LivesetProvider`, as `useClient<typeof api>()` with the types of its API.
 *
 * @throws LivesetError `internal` where there is none.
 * @example
 * ```ts
 * import { useClient } from "liveset/react";
 *
 * function useTasks() {
 *   return useClient().resource("tasks");
 * }
 * ```
 */
export function useClient<A extends ApiTypes>(): Client<A> {
  const client = useContext(ClientContext);
  if (client !== null) return client as unknown as Client<A>;
  throw new LivesetError("internal", { detail: "There is no LivesetProvider above." });
}
