import { WebSocket } from "ws";

/** So many may wait to be accepted at once: a server's queue of them is longer, and beyond it the system waits a second. */
const opening = 256;

/**
 * Opens sockets as fast as the server accepts them. Resolves when all are open; an error of any of them ends the process.
 *
 * @param set Called for each before it connects, to listen.
 */
export async function openSockets(
  count: number,
  url: string,
  set: (socket: WebSocket, index: number) => void,
): Promise<readonly WebSocket[]> {
  const sockets: WebSocket[] = [];
  const openNext = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = new WebSocket(url, url.includes("EIO=") ? [] : "liveset.v1", {
        perMessageDeflate: false,
      });
      set(socket, sockets.length);
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      });
      socket.on("error", raise);
    }
  };
  await Promise.all(Array.from({ length: Math.min(opening, count) }, openNext));
  return sockets;
}

function raise(error: Error): never {
  throw error;
}
