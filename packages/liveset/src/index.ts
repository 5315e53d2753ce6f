/** liveset: realtime REST. Declare resources, serve them; `liveset/node`, `liveset/sqlite` and `liveset/client` do the rest. */
export type { ActionTypes, ApiTypes, ResourceTypes } from "./core/api-types.ts";
export type { Clock } from "./core/clock.ts";
export type { Code } from "./core/error/codes.ts";
export { type Issue, invalid, LivesetError, type Problem } from "./core/error/liveset-error.ts";
export type { Json, WireRow } from "./core/json.ts";
export type { Key } from "./core/key/key.ts";
export type { Query } from "./core/protocol/query.ts";
export type { Lookup } from "./core/query/lookup.ts";
export type { OrderBy, OrderValue } from "./core/query/order.ts";
export type { DeclaredWhere, LookupsOf, Where } from "./core/query/where.ts";
export { type Action, type ActionCall, type ActionOptions, action } from "./server/action.ts";
export type { Api } from "./server/api.ts";
export type {
  ClusterLog,
  LogEnds,
  LogEntry,
  LogFollower,
  LogOptions,
  LogPlace,
} from "./server/cluster/cluster-log.ts";
export type { Context, RequestInfo } from "./server/context.ts";
export { createServer, type LivesetServer } from "./server/create-server.ts";
export type { Database } from "./server/database/database.ts";
export { defineApi } from "./server/define-api.ts";
export type { DcrfOptions, StreamOptions } from "./server/dialect/dcrf/dcrf-options.ts";
export type { NoticeName, NoticesOptions } from "./server/dialect/notices/notices-options.ts";
export { defaultLimits, type Limits } from "./server/limits.ts";
export type { Explanation, Reason, RowExplanation } from "./server/live/explanation.ts";
export type { Log } from "./server/log.ts";
export { type Observer, type ObserverOptions, observer } from "./server/observer.ts";
export { type OpaqueSql, opaque } from "./server/opaque.ts";
export { type FieldCaller, perCaller } from "./server/per-caller.ts";
export type { AnyUser, Db, DbOf, PostgresDb, Register, User } from "./server/register.ts";
export type { NestingOptions } from "./server/relation-types.ts";
export {
  type ChildRelation,
  type Hooks,
  type Operation,
  type Permissions,
  type Resource,
  type ResourceOptions,
  type Row,
  resource,
} from "./server/resource.ts";
export type { CorsOptions } from "./server/rest/cors.ts";
export type { RateLimit, RestLiveOptions, ServerOptions } from "./server/server-options.ts";
export type { Socket } from "./server/socket.ts";
