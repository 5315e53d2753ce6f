import type { Json } from "../core/json.ts";
import type { Key } from "../core/key/key.ts";
import type { Query } from "../core/protocol/query.ts";
import type { Target } from "./canonical.ts";
import type { KeptQuery } from "./kept-query.ts";
import type { LiveHandle, LiveWindow } from "./live-handle.ts";
import type { LiveQuery } from "./live-query.ts";
import type { CallOptions, Operation } from "./operation.ts";
import type { ResourceClient, ResourceTransaction } from "./resource-client.ts";

/** What a resource's methods come down to. */
export interface Caller {
  call(operation: Operation, options: CallOptions): Promise<Json>;
  mutate(work: (tx: TransactionOf) => void, options?: CallOptions): Promise<Json>;
  live(target: Target | null): LiveHandle<unknown>;
  liveWindow(target: Target, limit: number): LiveWindow<unknown>;
  liveCount(target: Target | null): LiveHandle<unknown>;
  liveOne(target: Target | null): LiveHandle<unknown>;
  /** What there is of a live query, without holding it. */
  readonly peek: Peek;
}

/** What there is of a live query: the query itself, or what was kept of it. */
export type Peek = (target: Target) => LiveQuery | KeptQuery | undefined;

/** What the work of a `mutate` is given. */
export interface TransactionOf {
  resource(name: string): ResourceTransaction;
}

type Params = Readonly<Record<string, Json>>;
type Options = CallOptions & { readonly params?: Params } & Pick<Query, "fields" | "with">;

/** The methods of one resource. What they accept is the business of their types; the server checks it anyway. */
export function makeResource(name: string, caller: Caller): ResourceClient {
  const call = (action: string, parts: Partial<Operation>, options: Options = {}): Promise<Json> =>
    caller.call({ resource: name, action, ...parts, ...paramsOf(options) }, options);
  const target = (action: Target["action"], parts: Partial<Target>, options: Options = {}): Target => ({
    resource: name,
    action,
    ...parts,
    ...paramsOf(options),
  });
  const methods = {
    name,
    /** For bindings (`binding/peek-live.ts`), and not in the type: what it gives is no promise to users. */
    peek: caller.peek,
    list: (query?: Query, options?: Options) => call("list", query === undefined ? {} : { query }, options),
    retrieve: (key: Key, options?: Options) => call("retrieve", { key, ...shownBy(options) }, options),
    byIds: (ids: Json, { children, ...options }: Options & { readonly children?: Json } = {}) =>
      call("by-ids", { data: children === undefined ? ids : { ids, children } }, options),
    indexes: (parentId: Json, childField: string, startIndex: number, length: number, options?: Options) =>
      call("indexes", { data: { parentId, childField, startIndex, length } }, options),
    create: (data: Json, options?: Options) => call("create", { data }, options),
    update: (key: Key, data: Json, options?: Options) => call("update", { key, data }, options),
    patch: (key: Key, data: Json, options?: Options) => call("patch", { key, data }, options),
    delete: async (key: Key, options?: Options) => void (await call("delete", { key }, options)),
    mutate: (work: (tx: ResourceTransaction) => void, options?: CallOptions) =>
      caller.mutate((tx) => work(tx.resource(name)), options),
    actions: actionsOf(call),
    live: (query: Query | null = {}, options?: Options) => {
      if (query === null) return caller.live(null);
      const asked = target("list", { query }, options);
      return query.limit === undefined ? caller.live(asked) : caller.liveWindow(asked, query.limit);
    },
    liveCount: (query: Query | null = {}, options?: Options) =>
      caller.liveCount(query === null ? null : target("count", { query }, options)),
    liveOne: (key: Key | null, options?: Options) =>
      caller.liveOne(key === null ? null : target("retrieve", { key, ...shownBy(options) }, options)),
  };
  return Object.freeze(methods) as unknown as ResourceClient;
}

type Call = (action: string, parts: Partial<Operation>, options?: Options) => Promise<Json>;
type Act = (...values: unknown[]) => Promise<Json>;

function actionsOf(call: Call): Readonly<Record<string, Act>> {
  return new Proxy<Record<string, Act>>(Object.create(null), {
    get: (_, action): Act | undefined => {
      if (typeof action !== "string" || action === "then") return undefined;
      return (...values) => {
        const [first] = values;
        const hasKey = typeof first === "string" || typeof first === "number" || Array.isArray(first);
        const [data, options] = hasKey || first === null ? values.slice(1) : values;
        const parts = {
          ...(hasKey ? { key: first as Key } : {}),
          ...(data === undefined ? {} : { data: data as Json }),
        };
        return call(action, parts, options as Options | undefined);
      };
    },
  });
}

/** Of one row, the query has only how it is shown. */
function shownBy({ fields, with: nested }: Options = {}): { readonly query?: Query } {
  const query: Query = {
    ...(fields === undefined ? {} : { fields }),
    ...(nested === undefined ? {} : { with: nested }),
  };
  return fields === undefined && nested === undefined ? {} : { query };
}

function paramsOf({ params }: Options): { readonly params?: Params } {
  return params === undefined ? {} : { params };
}
