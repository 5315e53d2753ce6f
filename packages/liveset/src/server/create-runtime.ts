import type { Api } from "./api.ts";
import { compileResource } from "./compile-resource.ts";
import { defaultLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { User } from "./register.ts";
import type { Runtime } from "./runtime.ts";
import type { ServerOptions } from "./server-options.ts";

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The values that all parts of a server share, from its options. */
export function createRuntime(api: Api, options: ServerOptions): Runtime {
  const { authenticate = () => null, principalId = idOf } = options;
  return {
    resources: new Map(
      Object.entries(api.resources).map(([name, declared]) => [name, compileResource(name, declared)]),
    ),
    database: options.database,
    limits: { ...defaultLimits, ...options.limits },
    log: options.log ?? silent,
    authenticate: async (request) => authenticate(request),
    principalId: (user) => (user === null ? "" : principalId(user)),
  };
}

function idOf(user: User): string {
  const { id } = user as { readonly id?: unknown };
  // Otherwise all principals would share one id, and see the answers to each other's mutations.
  if (typeof id !== "string" && typeof id !== "number") {
    throw new TypeError("The principal has no id: give the option principalId.");
  }
  return String(id);
}
