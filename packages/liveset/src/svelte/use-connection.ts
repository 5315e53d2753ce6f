import type { ClientStatus } from "../client/client.ts";
import { useClient } from "./client-context.ts";
import { readableState } from "./readable-state.ts";

/** The state of the client's connection, as reactive properties, and a way to try again. */
export interface UsedConnection extends ClientStatus {
  /** Tries at once. */
  reconnect(): void;
}

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
  const status = readableState(client.status);
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
