import type { Api } from "./api.ts";
import { childrenOf } from "./children-of.ts";
import { compileNesting } from "./compile-nesting.ts";
import { compileResource } from "./compile-resource.ts";
import type { Database } from "./database/database.ts";
import { defaultLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { User } from "./register.ts";
import type { Runtime } from "./runtime.ts";
import type { ServerOptions } from "./server-options.ts";
import { systemClock } from "./system-clock.ts";
import { withinTime } from "./within-time.ts";

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The values that all parts of a server share, from its options. */
export function createRuntime(api: Api, options: ServerOptions): Runtime {
  const { authenticate = () => null, principalId = idOf } = options;
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits, ...options.limits };
  const log = options.log ?? silent;
  ensureCluster(options);
  const resources = new Map(
    Object.entries(api.resources).map(([name, declared]) => [name, compileResource(name, declared)]),
  );
  return {
    resources,
    nested: compileNesting(resources),
    children: new Map([...resources].map(([name, each]) => [name, childrenOf(resources, each)])),
    // What liveset itself asks for is the same on all of Drizzle's databases.
    database: options.database as Database,
    cluster: options.cluster ?? null,
    limits,
    log,
    clock,
    authenticate: async (request) => {
      const user = await withinTime({ clock, limits, log }, "authenticate", () => authenticate(request));
      ensurePrincipal(user, principalId);
      return user;
    },
    expiresAt: (user, request) => timeOf(options.expiresAt?.(user, request) ?? null),
    onExpiry: options.onExpiry ?? "close",
    principalId: (user) => (user === null ? "" : principalId(user)),
  };
}

function ensureCluster({ cluster, database }: ServerOptions): void {
  if (cluster === "slots" && database.dialect !== "postgres")
    throw new Error(
      'cluster: "slots" needs PostgreSQL: its slots are those of logical replication. Servers of one SQLite file each read its changes themselves; give them a broker for `refresh` and `revoke`.',
    );
}

/** Nobody is null. Nothing at all is a mistake, by which nobody may stay who he was; so is a principal without an id. */
function ensurePrincipal(user: User | null | undefined, principalId: (user: User) => string): void {
  if (user === undefined) throw new TypeError("authenticate gave nothing: give the principal, or null.");
  if (user !== null) principalId(user);
}

function timeOf(expiry: Date | number | null): number | null {
  if (expiry === null) return null;
  const time = Number(expiry);
  // Compared with any time it would be false: a session that never ends.
  if (Number.isNaN(time)) throw new TypeError("expiresAt gave no time.");
  return time;
}

function idOf(user: User): string {
  const { id } = user as { readonly id?: unknown };
  // Otherwise all principals would share one id, and see the answers to each other's mutations.
  if (typeof id !== "string" && typeof id !== "number") {
    throw new TypeError("The principal has no id: give the option principalId.");
  }
  return String(id);
}
