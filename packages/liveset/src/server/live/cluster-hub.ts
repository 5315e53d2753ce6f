import type { NodeChannel } from "../cluster/node-channel.ts";
import { NodeMessages } from "../cluster/node-messages.ts";
import type { Runtime } from "../runtime.ts";
import type { Hub } from "./create-hub.ts";

/**
 * The hub of one node of a cluster: `refresh` and `revoke` reach the sockets of all nodes (P9). A node that was cut off from the
 * broker asks anew for every principal when it is back: it may have missed any of them.
 *
 * @param changing called before rights change that another node speaks of
 * @returns the hub itself where there is no cluster
 */
export function clusterHub(runtime: Runtime, hub: Hub, changing: () => void): Hub {
  const { log, clock } = runtime;
  const channel = channelOf(runtime);
  if (channel === null) return hub;
  const messages = new NodeMessages(
    { channel, log, clock },
    {
      told({ type, id }) {
        changing();
        if (type === "revoke") hub.revoke(id);
        else void hub.refresh(id);
      },
      missed() {
        changing();
        void hub.refreshAll();
      },
    },
  );
  return {
    ...hub,
    refresh(id) {
      void messages.tell({ type: "refresh", id });
      return hub.refresh(id);
    },
    revoke(id) {
      void messages.tell({ type: "revoke", id });
      hub.revoke(id);
    },
    close() {
      messages.end();
      hub.close();
    },
  };
}

/** Where nodes share no broker, they talk through the database. */
function channelOf({ cluster, database }: Runtime): NodeChannel | null {
  return cluster === "slots" ? (database.channel ?? null) : cluster;
}
