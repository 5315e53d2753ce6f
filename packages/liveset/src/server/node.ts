/** liveset on Node: HTTP and WebSocket. */
export { attachSockets } from "./node/attach-sockets.ts";
export { type RunningServer, type ServeOptions, serve } from "./node/serve.ts";
export { type NodeHandler, toNodeHandler } from "./node/to-node-handler.ts";
