import type { ApiTypes } from "../core/api-types.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";
import type { Readable } from "../store/signal.ts";
import type { TokenSource } from "./connection.ts";
import type { Connection } from "./live-handle.ts";
import type { ResourceClient } from "./resource-client.ts";

/** How the client's connection stands. */
export interface ClientStatus {
  /** `live` only where every live list is up to date. */
  readonly connection: Connection;
  /** Since when: ms since 1970. */
  readonly since: number;
  /** Why it is offline; null where it is not. After `session_expired` and `origin_refused` the client does not try again by itself. */
  readonly error: LivesetError | null;
}

/** The resources of an API by name. */
export type ResourcesOf<A extends ApiTypes> = NonNullable<A["$types"]>;

/** What every client has, beside its resources. */
export interface ClientBase<A extends ApiTypes = ApiTypes> {
  /** A resource by name; also one whose name is taken by a method. */
  resource<K extends keyof ResourcesOf<A> & string>(name: K): ResourceClient<ResourcesOf<A>[K]>;
  /** The state of the connection, to be read and watched. */
  readonly status: Readable<ClientStatus>;
  /** Presents another token, or another way to get one; null signs out. Also ends a pause after `session_expired`. */
  auth(token: TokenSource): void;
  /** Tries at once to connect, also after the client gave up. */
  reconnect(): void;
  /** Ends everything for good: what waits rejects with `released`. */
  close(): void;
}

/**
 * A client: its resources by name, and the methods of `ClientBase`.
 *
 * @example
 * ```ts
 * import type { Client } from "liveset/client";
 *
 * export function goOffline(client: Client): void {
 *   client.close();
 * }
 * ```
 */
export type Client<A extends ApiTypes = ApiTypes> = ClientBase<A> & {
  readonly [K in Exclude<keyof ResourcesOf<A>, keyof ClientBase | "then">]: ResourceClient<ResourcesOf<A>[K]>;
};
