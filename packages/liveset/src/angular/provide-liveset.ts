import {
  DestroyRef,
  type EnvironmentProviders,
  InjectionToken,
  inject,
  makeEnvironmentProviders,
  makeStateKey,
  PLATFORM_ID,
  TransferState,
} from "@angular/core";
import type { Client } from "../client/client.ts";
import type { ClientState } from "../client/kept-query.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

const clientToken = new InjectionToken<Client>("liveset client");

/** Options of `provideLiveset`. */
export interface ProvideLivesetOptions {
  /** Under which name a page that was rendered on a server has the rows, where there are several clients. Default `liveset`. */
  readonly name?: string;
}

/**
 * Provides a client to an application, or to a route of it. Given a function, each application has a client of its own, which is closed
 * with it: so it should be where pages are rendered on a server. The function may `inject`.
 *
 * Rows that a server rendered a page with go along in Angular's `TransferState`, and the browser begins with them.
 *
 * @example
 * ```ts
 * import type { ApplicationConfig } from "@angular/core";
 * import { createClient } from "liveset/client";
 * import { provideLiveset } from "liveset/angular";
 *
 * export const config: ApplicationConfig = {
 *   providers: [provideLiveset(() => createClient("/ws/"))],
 * };
 * ```
 */
export function provideLiveset<A extends ApiTypes>(
  client: Client<A> | (() => Client<A>),
  { name = "liveset" }: ProvideLivesetOptions = {},
): EnvironmentProviders {
  const useFactory = (): Client => {
    const isOwn = typeof client === "function";
    const made = (isOwn ? client() : client) as unknown as Client;
    if (isOwn) inject(DestroyRef).onDestroy(() => made.close());
    transfer(made, name);
    return made;
  };
  return makeEnvironmentProviders([{ provide: clientToken, useFactory }]);
}

/**
 * The client that is provided here, as `injectClient<typeof api>()` with the types of its API.
 *
 * @throws LivesetError `internal` where no client is provided; Angular's NG0203 outside of an injection context.
 * @example
 * ```ts
 * import { injectClient } from "liveset/angular";
 *
 * export class TaskPage {
 *   readonly tasks = injectClient().resource("tasks");
 * }
 * ```
 */
export function injectClient<A extends ApiTypes>(): Client<A> {
  const client = inject(clientToken, { optional: true });
  if (client !== null) return client as unknown as Client<A>;
  throw new LivesetError("internal", { detail: "No client: add provideLiveset(client) to the providers." });
}

function transfer(client: Client, name: string): void {
  const key = makeStateKey<ClientState | null>(name);
  const state = inject(TransferState);
  if (inject(PLATFORM_ID).toString() === "server") {
    state.onSerialize(key, () => client.dehydrate());
    return;
  }
  const sent = state.get(key, null);
  if (sent === null) return;
  state.remove(key);
  client.hydrate(sent);
}
