import { Hono } from "hono";
import { LivesetError, toLivesetError } from "../../core/error/liveset-error.ts";
import { acceptSocket, type Ready } from "../accept-socket.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { openEventStream } from "../event-stream.ts";
import { operate } from "../operation/operate.ts";
import { originAllowed } from "../origin.ts";
import type { User } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { addCorsHeaders, preflight } from "./cors.ts";
import { describeResource } from "./describe-resource.ts";
import { allowHeader, type Endpoint, endpointOf, type Target } from "./endpoint.ts";
import { problemResponse } from "./problem-response.ts";
import { readCall } from "./read-call.ts";
import { respond } from "./respond.ts";
import { serveBatch } from "./serve-batch.ts";
import type { RestBindings, RestSettings } from "./settings.ts";

/** After how many ms a browser connects again to a stream that broke. */
const retryEvents = 1000;

const rootMethods = "GET, POST, HEAD, OPTIONS";
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The REST interface: addresses and methods become calls of `operate`. */
export function createRest(runtime: Runtime, settings: RestSettings): Hono<{ Bindings: RestBindings }> {
  const app = new Hono<{ Bindings: RestBindings }>({ strict: false });
  const { cors, prefix } = settings;
  if (cors !== undefined) {
    app.use(async (c, next) => {
      const answer = preflight(c.req.raw, cors);
      if (answer !== null) return answer;
      await next();
      addCorsHeaders(c.req.raw, c.res.headers, cors);
      return undefined;
    });
  }
  app.all(prefix === "" ? "/" : prefix, (c) => root(runtime, settings, c.req.raw, c.env));
  const events = settings.notices?.events ?? null;
  if (events !== null) {
    app.all(`${prefix}/${events.path}`, (c) =>
      serveFeed(runtime, settings, events.dialect, c.req.raw, c.env),
    );
  }
  app.all(`${prefix}/:resource/:key?/:action?`, (c) => {
    const { resource: name = "", key, action } = c.req.param();
    const resource = runtime.resources.get(name);
    if (resource === undefined)
      throw new LivesetError("unknown_resource", { detail: `There is no resource "${name}".` });
    const endpoint = endpointOf(resource, key, action);
    if (endpoint === null) throw new LivesetError("not_found");
    return serveEndpoint(runtime, settings, resource, endpoint, c.req.raw, c.env);
  });
  app.notFound(() => problemResponse(new LivesetError("not_found")));
  app.onError((thrown) => {
    const error = toLivesetError(thrown);
    // What `operate` throws is logged there.
    if (!(thrown instanceof LivesetError)) runtime.log.error({ err: thrown }, "request failed");
    return problemResponse(error);
  });
  return app;
}

async function serveEndpoint(
  runtime: Runtime,
  settings: RestSettings,
  resource: CompiledResource,
  endpoint: Endpoint,
  request: Request,
  env: RestBindings,
): Promise<Response> {
  const allow = allowHeader(endpoint);
  if (request.method === "OPTIONS") {
    return Response.json(describeResource(runtime, resource), { headers: { allow } });
  }
  const target = endpoint.get(request.method === "HEAD" ? "GET" : request.method);
  if (target === undefined) return problemResponse(new LivesetError("method_not_allowed"), { allow });
  const user = await admit(runtime, settings, request, env);
  return answer(runtime, settings, resource, target, request, user);
}

/** The principal of a request that may be served. */
async function admit(
  runtime: Runtime,
  settings: RestSettings,
  request: Request,
  env: RestBindings,
): Promise<User | null> {
  if (!safeMethods.has(request.method) && !originAllowed(request, settings.origins)) {
    throw new LivesetError("origin_refused");
  }
  const user = await runtime.authenticate(request);
  env.signedIn(user);
  const retryAfter = settings.rateLimiter?.(settings.clientOf(request, user, env.address)) ?? 0;
  if (retryAfter > 0) throw new LivesetError("throttled", { retryAfter });
  return user;
}

/** The feed of notices as a stream of events. */
async function serveFeed(
  runtime: Runtime,
  settings: RestSettings,
  dialect: Dialect,
  request: Request,
  env: RestBindings,
): Promise<Response> {
  const allow = { allow: "GET, OPTIONS" };
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: allow });
  if (request.method !== "GET") return problemResponse(new LivesetError("method_not_allowed"), allow);
  const isCurrent = env.watchRights();
  const user = await admit(runtime, settings, request, env);
  if (user === null && settings.notices?.isPublic === false) throw new LivesetError("unauthenticated");
  const { socket, response } = openEventStream(request.signal, retryEvents);
  const again = async (): Promise<Ready> => {
    const isCurrent = env.watchRights();
    return { hub: env.hub, user: await runtime.authenticate(request), isCurrent };
  };
  let known: Ready | null = { hub: env.hub, user, isCurrent };
  const ready = async (): Promise<Ready> => {
    const found = known ?? (await again());
    known = null;
    return found;
  };
  void acceptSocket(runtime, runtime.clock, socket, request, ready, dialect);
  return response;
}

async function answer(
  runtime: Runtime,
  settings: RestSettings,
  resource: CompiledResource,
  target: Target,
  request: Request,
  user: User | null,
): Promise<Response> {
  const call = await readCall(request, resource, target, user, runtime.limits.bodyBytes);
  return respond(call, await operate(runtime, call), rootUrl(settings, request));
}

/** The interface's root names the resources, so that it can be explored from there, and takes batches. */
async function root(
  runtime: Runtime,
  settings: RestSettings,
  request: Request,
  env: RestBindings,
): Promise<Response> {
  if (request.method === "POST") {
    return serveBatch(runtime, request, await admit(runtime, settings, request, env));
  }
  if (!safeMethods.has(request.method)) {
    return problemResponse(new LivesetError("method_not_allowed"), { allow: rootMethods });
  }
  const url = rootUrl(settings, request);
  const resources = Object.fromEntries([...runtime.resources.keys()].map((name) => [name, `${url}${name}/`]));
  return Response.json(resources, request.method === "OPTIONS" ? { headers: { allow: rootMethods } } : {});
}

function rootUrl({ origins, prefix }: RestSettings, request: Request): string {
  return `${origins.publicOrigin ?? new URL(request.url).origin}${prefix}/`;
}
