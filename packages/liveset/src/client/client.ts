import type { ApiTypes } from "../core/api-types.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";
import type { Readable } from "../store/signal.ts";
import type { TokenSource } from "./connection.ts";
import type { ClientState } from "./kept-query.ts";
import type { Connection } from "./live-handle.ts";
import type { CallOptions } from "./operation.ts";
import type { ResourceClient, ResourceTransaction } from "./resource-client.ts";

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
  /**
   * Does several writes as one: the server does all of them in one transaction, in their order, or none. What the work calls
   * on `tx` is gathered, and sent when it returns. Resolves with what each would have resolved with by itself.
   * @throws LivesetError whose `errors` say by `["operations", index]` which of them failed.
   *
   * @example
   * ```ts
   * import type { Client } from "liveset/client";
   *
   * export async function move(client: Client, task: number, list: number): Promise<void> {
   *   await client.mutate((tx) => {
   *     tx.resource("tasks").patch(task, { list });
   *     tx.resource("lists").patch(list, { touched: true });
   *   });
   * }
   * ```
   */
  mutate(work: (tx: Transaction<A>) => void, options?: CallOptions): Promise<readonly unknown[]>;
  /** The state of the connection, to be read and watched. */
  readonly status: Readable<ClientStatus>;
  /**
   * The rows of all live queries, and where they left off, as JSON: for a page that is rendered on a server, or to be kept. From then on
   * `getServerSnapshot` of their handles gives just that.
   */
  dehydrate(): ClientState;
  /**
   * Has live queries begin with the rows of another client of the same caller, or of an earlier visit. They are shown, stale, until the server
   * goes on from where they left off: it sends what has changed since, and no second snapshot, unless it cannot know that any more.
   */
  hydrate(state: ClientState): void;
  /** Presents another token, or another way to get one; null signs out. Also ends a pause after `session_expired`. */
  auth(token: TokenSource): void;
  /** Tries at once to connect, also after the client gave up. */
  reconnect(): void;
  /** Ends everything for good: what waits rejects with `released`. */
  close(): void;
}

/** What a `mutate` may do: the writes of each resource, by name. */
export type Transaction<A extends ApiTypes = ApiTypes> = {
  readonly [K in Exclude<keyof ResourcesOf<A>, "resource" | "then">]: ResourceTransaction<ResourcesOf<A>[K]>;
} & {
  /** A resource by name. */
  resource<K extends keyof ResourcesOf<A> & string>(name: K): ResourceTransaction<ResourcesOf<A>[K]>;
};

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
