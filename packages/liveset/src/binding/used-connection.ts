import type { Client, ClientStatus } from "../client/client.ts";
import { withReads } from "./with-reads.ts";

/** The state of a client's connection, and a way to try again. */
export interface UsedConnection extends ClientStatus {
  /** Tries at once. */
  reconnect(): void;
}

/** A connection whose properties are read from `status` each time. */
export function usedConnection(
  client: Pick<Client, "reconnect">,
  status: () => ClientStatus,
): UsedConnection {
  return withReads({ reconnect: client.reconnect }, ["connection", "since", "error"], status);
}
