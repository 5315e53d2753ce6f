import { Line } from "./line.ts";
import { SocketEnd } from "./socket-end.ts";

/** How a pair is made. */
export interface SocketPairOptions {
  /** The subprotocol that was agreed on. Default `liveset.v1`. */
  readonly protocol?: string;
  /** Runs a delivery later. Default: in a microtask. */
  readonly schedule?: (deliver: () => void) => void;
}

/** Two ends of one connection, and the hands of whoever holds the cable. */
export interface SocketPair {
  /** For `accept`. */
  readonly server: SocketEnd;
  /** For the client's `openSocket`. It opens with its first turn of delivery. */
  readonly client: SocketEnd;
  /** Cuts the cable: what is under way is lost, and both ends are closed with 1006. */
  cut(): void;
  /** Keeps what goes to one end under way, and so in the other's `bufferedAmount`, until the returned function is called. */
  hold(to: "client" | "server"): () => void;
}

/**
 * A WebSocket connection without a network: frames arrive whole, in order and later, as on a real one.
 *
 * @example
 * ```ts
 * import { socketPair } from "liveset/testing";
 *
 * const { client, server } = socketPair();
 * server.addEventListener("message", ({ data }) => server.send(`you said ${data}`));
 * client.addEventListener("open", () => client.send("hello"));
 * ```
 */
export function socketPair({
  protocol = "liveset.v1",
  schedule = queueMicrotask,
}: SocketPairOptions = {}): SocketPair {
  const toClient = new Line(schedule);
  const toServer = new Line(schedule);
  const server = new SocketEnd(protocol, toClient, 1);
  const client = new SocketEnd(protocol, toServer, 0);
  server.peer = client;
  client.peer = server;
  toClient.push(0, () => client.opened());
  return {
    server,
    client,
    cut() {
      toClient.cut();
      toServer.cut();
      for (const end of [client, server]) schedule(() => end.closed(1006, ""));
    },
    hold: (to) => (to === "client" ? toClient : toServer).hold(),
  };
}
