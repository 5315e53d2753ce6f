import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

/** Socket.IO with rooms, for comparison. */
export interface SocketIoServer {
  readonly url: string;
  /** Sends each payload to a room of its own: the first to `0`, the second to `1`. */
  broadcast(payloads: readonly object[]): void;
}

/** Clients join a room by `subscribe` with its name, and are told `subscribed`. */
export async function startSocketIoServer(): Promise<SocketIoServer> {
  const http = createServer();
  const io = new Server(http, { transports: ["websocket"], pingInterval: 600_000, pingTimeout: 600_000 });
  io.on("connection", (socket) => {
    socket.on("subscribe", (room: string) => {
      void socket.join(room);
      socket.emit("subscribed");
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/?EIO=4&transport=websocket`,
    broadcast: (payloads) => {
      for (const [room, payload] of payloads.entries()) io.to(String(room)).emit("changes", payload);
    },
  };
}
