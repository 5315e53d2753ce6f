import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** The least that a WebSocket server can be, for comparison: it speaks as much of the protocol as a subscriber waits for. */
export interface BareServer {
  readonly url: string;
  /** Sends the frames to every connection. */
  broadcast(frames: readonly string[]): void;
  close(): void;
}

export async function startBareServer(): Promise<BareServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const open = new Set<WebSocket>();
  sockets.on("connection", (socket) => {
    open.add(socket);
    socket.on("message", () => socket.send('{"type":"subscribed"}'));
    socket.send('{"type":"welcome"}');
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    broadcast: (frames) => {
      for (const socket of open) for (const frame of frames) socket.send(frame);
    },
    close: () => {
      for (const socket of open) socket.terminate();
      http.close();
    },
  };
}
