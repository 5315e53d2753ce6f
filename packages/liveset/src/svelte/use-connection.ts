import { type UsedConnection, usedConnection } from "../binding/used-connection.ts";
import { useClient } from "./client-context.ts";
import { readableState } from "./readable-state.ts";

/**
 * How the client that `setClient` gave is connected.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useConnection } from "liveset/svelte";
 *
 *   const status = useConnection();
 * </script>
 *
 * {#if status.connection === "offline"}<button onclick={status.reconnect}>Offline. Try now</button>{/if}
 * ```
 */
export function useConnection(): UsedConnection {
  const client = useClient();
  return usedConnection(client, readableState(client.status));
}
