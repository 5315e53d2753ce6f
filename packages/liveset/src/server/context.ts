import type { Db, User } from "./register.ts";

/** The HTTP request of a call; for a call over a socket, the request that opened it. */
export interface RequestInfo {
  readonly url: URL;
  readonly headers: Headers;
  /** Cookies by name, decoded. */
  readonly cookies: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What scopes, permissions, hooks and actions are given. The same over REST and over a socket. */
export interface Context<Params = Readonly<Record<string, unknown>>, D = Db> {
  /** The principal, null where nobody is signed in. */
  readonly user: User | null;
  readonly request: RequestInfo;
  /** The resource's declared parameters, validated. */
  readonly params: Params;
  /** The user's Drizzle database; inside a write, its transaction. */
  readonly db: D;
}
