import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { protocolName } from "../../core/protocol/name.ts";
import type { LivesetServer } from "../create-server.ts";
import { problemResponse } from "../rest/problem-response.ts";
import { batchWrites } from "./batch-writes.ts";
import { handshakeRequest } from "./handshake-request.ts";

/**
 * Accepts WebSockets at the server's paths for them of a Node HTTP server. Handshakes for other paths are left alone where the
 * HTTP server has other `upgrade` listeners, else answered with 404.
 *
 * @returns a function that takes the listener away, ends the sockets that are still open and resolves when they are; it does not
 * close the server
 */
export function attachSockets(
  http: Pick<Server, "on" | "off" | "listenerCount">,
  server: LivesetServer,
): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: server.limits.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocolName) ? protocolName : false),
  });
  const toSocket = batchWrites();
  const checked = new Set<Duplex>();
  const upgrade = (incoming: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    const request = handshakeRequest(incoming);
    if (request === null || !server.takesSockets(request.url)) {
      if (http.listenerCount("upgrade") === 1)
        void end(duplex, problemResponse(new LivesetError("not_found")));
      return;
    }
    // A client that goes away during the check must not be an uncaught error.
    const ignore = (): void => {};
    duplex.on("error", ignore);
    checked.add(duplex);
    void server.refuse(request).then((refusal) => {
      checked.delete(duplex);
      if (refusal !== null) return end(duplex, refusal);
      duplex.off("error", ignore);
      return sockets.handleUpgrade(incoming, duplex, head, (socket) => {
        // `ws` closes the socket after an error; without a listener the process would end.
        socket.on("error", () => {});
        server.accept(toSocket(socket, duplex), request);
      });
    });
  };
  http.on("upgrade", upgrade);
  let detached: Promise<void> | undefined;
  return () => {
    http.off("upgrade", upgrade);
    for (const duplex of checked) duplex.destroy();
    for (const socket of sockets.clients) socket.terminate();
    detached ??= new Promise((resolve) => {
      sockets.close(() => resolve());
    });
    return detached;
  };
}

/** Answers a handshake with an HTTP response and ends the connection. */
async function end(duplex: Duplex, response: Response): Promise<void> {
  const body = await response.text();
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  duplex.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
