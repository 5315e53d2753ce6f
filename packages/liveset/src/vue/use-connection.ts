import { onScopeDispose, type ShallowRef, shallowRef } from "vue";
import type { ClientStatus } from "../client/client.ts";
import { useClient } from "./create-liveset.ts";

/** The state of the client's connection, as refs, and a way to try again. */
export interface UsedConnection {
  readonly connection: Readonly<ShallowRef<ClientStatus["connection"]>>;
  /** Since when: ms since 1970. */
  readonly since: Readonly<ShallowRef<number>>;
  readonly error: Readonly<ShallowRef<ClientStatus["error"]>>;
  /** Tries at once. */
  reconnect(): void;
}

/**
 * How the application's client is connected.
 *
 * @example
 * ```ts
 * import { useConnection } from "liveset/vue";
 *
 * const { connection, error, reconnect } = useConnection();
 * // <p v-if="connection === 'offline'">Offline. <button @click="reconnect">Try now</button></p>
 * ```
 */
export function useConnection(): UsedConnection {
  const client = useClient();
  const first = client.status.getSnapshot();
  const connection = shallowRef(first.connection);
  const since = shallowRef(first.since);
  const error = shallowRef(first.error);
  const end = client.status.subscribe(() => {
    const status = client.status.getSnapshot();
    connection.value = status.connection;
    since.value = status.since;
    error.value = status.error;
  });
  onScopeDispose(end);
  return { connection, since, error, reconnect: () => client.reconnect() };
}
