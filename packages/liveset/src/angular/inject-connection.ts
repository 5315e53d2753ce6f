import { computed, DestroyRef, inject, type Signal, signal } from "@angular/core";
import type { ClientStatus } from "../client/client.ts";
import { injectClient } from "./provide-liveset.ts";

/** The state of the client's connection, as signals, and a way to try again. */
export interface InjectedConnection {
  readonly connection: Signal<ClientStatus["connection"]>;
  /** Since when: ms since 1970. */
  readonly since: Signal<number>;
  readonly error: Signal<ClientStatus["error"]>;
  /** Tries at once. */
  reconnect(): void;
}

/**
 * How the provided client is connected.
 *
 * @example
 * ```ts
 * import { injectConnection } from "liveset/angular";
 *
 * export class Header {
 *   readonly line = injectConnection();
 *   // @if (line.connection() === "offline") { Offline. <button (click)="line.reconnect()">Try now</button> }
 * }
 * ```
 */
export function injectConnection(): InjectedConnection {
  const client = injectClient();
  const status = signal(client.status.getSnapshot());
  const end = client.status.subscribe(() => status.set(client.status.getSnapshot()));
  inject(DestroyRef).onDestroy(end);
  return {
    connection: computed(() => status().connection),
    since: computed(() => status().since),
    error: computed(() => status().error),
    reconnect: () => client.reconnect(),
  };
}
