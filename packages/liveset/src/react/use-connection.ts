import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { UsedConnection } from "../binding/used-connection.ts";
import type { ClientStatus } from "../client/client.ts";
import { useClient } from "./liveset-provider.ts";

/** On a server, and in the browser's first look at its page. */
const unconnected: ClientStatus = Object.freeze({ connection: "paused", since: 0, error: null });

/**
 * How the client of the nearest `LivesetProvider` is connected.
 *
 * @example
 * ```tsx
 * import { useConnection } from "liveset/react";
 *
 * function Offline() {
 *   const { connection, reconnect } = useConnection();
 *   return connection === "offline" ? <button onClick={reconnect}>Offline. Try now</button> : null;
 * }
 * ```
 */
export function useConnection(): UsedConnection {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.status.subscribe(listener), [client]);
  const status = useSyncExternalStore(
    subscribe,
    () => client.status.getSnapshot(),
    () => unconnected,
  );
  return useMemo(() => ({ ...status, reconnect: client.reconnect }), [client, status]);
}
