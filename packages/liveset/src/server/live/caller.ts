import type { RequestInfo } from "../context.ts";
import type { User } from "../register.ts";

/** Who asks over a connection, until `auth` makes it another one. */
export interface Caller {
  /** Unique for this principal on this session. */
  readonly id: string;
  readonly user: User | null;
  readonly request: RequestInfo;
}
