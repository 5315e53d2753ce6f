import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Socket } from "../socket.ts";

/**
 * A socket that hands all frames of one turn of the event loop to the network as one write. A transaction is at least two
 * frames for each subscriber, and the system call, not the frame, is what sending costs.
 *
 * @param duplex the connection that the socket writes to
 */
export function batchWrites(socket: WebSocket, duplex: Duplex): Socket {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    duplex.uncork();
  };
  return {
    get protocol() {
      return socket.protocol;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (data) => {
      if (!corked) {
        corked = true;
        duplex.cork();
        process.nextTick(uncork);
      }
      socket.send(data);
    },
    drained: () => (duplex.writableNeedDrain ? drained(duplex) : null),
    close: (code, reason) => socket.close(code, reason),
    addEventListener: (type: "message" | "close" | "error", listener: (event: { data: unknown }) => void) =>
      socket.addEventListener(type as "message", listener),
  };
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      duplex.off("drain", done);
      duplex.off("close", done);
      resolve();
    };
    duplex.on("drain", done);
    duplex.on("close", done);
  });
}
