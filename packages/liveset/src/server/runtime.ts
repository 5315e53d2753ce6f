import type { Clock } from "../core/clock.ts";
import type { ChildFields } from "./children-of.ts";
import type { ClusterLog } from "./cluster/cluster-log.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import type { Database } from "./database/database.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { NestedResources } from "./nested-resource.ts";
import type { User } from "./register.ts";

/** What all parts of a running server share: values only, nothing that changes. */
export interface Runtime {
  readonly resources: ReadonlyMap<string, CompiledResource>;
  readonly nested: NestedResources;
  /** The fields of children, by the name of their parents' resource. */
  readonly children: ReadonlyMap<string, ChildFields>;
  readonly database: Database;
  /** What is shared with the other nodes; null where there is one only. */
  readonly cluster: ClusterLog | "slots" | null;
  readonly limits: Limits;
  readonly log: Log;
  readonly clock: Clock;
  /** The principal of a request, or null. A thrown LivesetError refuses the request; `timeout` where it takes too long. */
  readonly authenticate: (request: Request) => Promise<User | null>;
  /** When a principal's session ends, in ms since 1970; null where that is not known. */
  readonly expiresAt: (user: User, request: Request) => number | null;
  readonly onExpiry: "close" | "anonymous";
  /** The id under which a principal's mutations are kept; empty for nobody. */
  readonly principalId: (user: User | null) => string;
}
