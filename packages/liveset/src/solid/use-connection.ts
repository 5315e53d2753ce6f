import type { ClientStatus } from "../client/client.ts";
import { useClient } from "./liveset-provider.ts";
import { useReadable } from "./use-readable.ts";

/** The state of the client's connection, as reactive properties, and a way to try again. */
export interface UsedConnection extends ClientStatus {
  /** Tries at once. */
  reconnect(): void;
}

/**
 * How the client of the nearest `LivesetProvider` is connected.
 *
 * @example
 * ```tsx
 * import { useConnection } from "liveset/solid";
 *
 * function Offline() {
 *   const status = useConnection();
 *   return <button disabled={status.connection === "live"} onClick={() => status.reconnect()}>Try now</button>;
 * }
 * ```
 */
export function useConnection(): UsedConnection {
  const client = useClient();
  const status = useReadable(client.status);
  return {
    get connection() {
      return status().connection;
    },
    get since() {
      return status().since;
    },
    get error() {
      return status().error;
    },
    reconnect: () => client.reconnect(),
  };
}
