/**
 * The typed client for browsers and Node: operations, live queries, and a connection that mends itself.
 *
 * @module
 */
export type { FieldOf } from "../core/api-types.ts";
export { type Code, codes } from "../core/error/codes.ts";
export { type Issue, LivesetError } from "../core/error/liveset-error.ts";
export type { Key } from "../core/key/key.ts";
export type { Shown } from "../core/nested-types.ts";
export type { OrderBy, OrderValue } from "../core/query/order.ts";
export type { Readable } from "../store/signal.ts";
export type { Backoff } from "./backoff.ts";
export type { Client, ClientBase, ClientStatus, ResourcesOf, Transaction } from "./client.ts";
export type { ClientOptions } from "./client-options.ts";
export type { TokenSource } from "./connection.ts";
export { createClient } from "./create-client.ts";
export type { Surroundings } from "./events.ts";
export type { ClientState, KeptQuery } from "./kept-query.ts";
export type { Connection, LiveHandle, LiveResult, LiveWindow, Recovery } from "./live-handle.ts";
export type { Answer, CallOptions } from "./operation.ts";
export type {
  Fields,
  ListQuery,
  LiveCountQuery,
  LiveListQuery,
  LiveOptions,
  LiveWindowQuery,
  Options,
  Page,
  ResourceClient,
  ResourceTransaction,
} from "./resource-client.ts";
export type { OpenWebSocket, WebSocketLike } from "./web-socket.ts";
export type { NestedQuery, With } from "./with.ts";
