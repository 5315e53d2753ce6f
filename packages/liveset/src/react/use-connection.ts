import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { ClientStatus } from "../client/client.ts";
import { useClient } from "./liveset-provider.ts";

/** The state of the client's connection, and a way to try again. */
export interface UsedConnection extends ClientStatus {
  /** Tries at once. */
  reconnect(): void;
}

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
