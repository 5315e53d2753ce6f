import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { LivesetServer } from "../create-server.ts";
import { TextResponse } from "../rest/text-response.ts";
import { sendText } from "./send-text.ts";

/** A request listener: for `http.createServer`, for Express (`app.use`), and wherever Node's own objects can be had. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/**
 * Serves a server's REST interface from Node. In Express it must come before anything that reads bodies; paths outside of
 * the server's prefix are left to what comes next.
 *
 * @example
 * ```ts
 * import express from "express";
 * import type { LivesetServer } from "liveset";
 * import { attachSockets, toNodeHandler } from "liveset/node";
 *
 * declare const server: LivesetServer;
 * const app = express();
 * app.use(toNodeHandler(server));
 * attachSockets(app.listen(8000), server);
 * ```
 */
export function toNodeHandler(server: LivesetServer): NodeHandler {
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const response = await server.fetch(request, incoming.socket.remoteAddress ?? "");
      if (!(response instanceof TextResponse)) return response;
      // Node's own objects for HTTP/2 have the same methods.
      sendText(response, outgoing as ServerResponse);
      return RESPONSE_ALREADY_SENT;
    },
    { overrideGlobalObjects: false },
  );
  return (request, response, next) => {
    const [path = ""] = (request.url ?? "").split("?");
    const ours = path === server.prefix || path.startsWith(`${server.prefix}/`);
    if (ours || next === undefined) void listener(request, response);
    else next();
  };
}
