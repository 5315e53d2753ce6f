import { type UsedConnection, usedConnection } from "../binding/used-connection.ts";
import { useClient } from "./liveset-provider.ts";
import { useReadable } from "./use-readable.ts";

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
  return usedConnection(client, useReadable(client.status));
}
