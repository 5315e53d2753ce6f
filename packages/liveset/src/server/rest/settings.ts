import type { NoticesFeed } from "../dialect/notices/notices-feed.ts";
import type { Hub } from "../live/create-hub.ts";
import type { OriginRules } from "../origin.ts";
import type { User } from "../register.ts";
import type { CorsOptions } from "./cors.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** How REST is served, with all defaults in place. */
export interface RestSettings {
  /** Path of the interface's root, without a slash at its end. */
  readonly prefix: string;
  readonly origins: OriginRules;
  readonly cors: CorsOptions | undefined;
  readonly rateLimiter: RateLimiter | undefined;
  readonly notices: NoticesFeed | null;
  /** Names the client whose rate is limited. */
  readonly clientOf: (request: Request, user: User | null, address: string) => string;
}

/** What the transport knows of a request, and what it wants to learn for its log. */
export interface RestBindings {
  /** The client's network address, empty where it is not known. */
  readonly address: string;
  /** Called with the principal once it is known. */
  readonly signedIn: (user: User | null) => void;
  readonly hub: Hub;
  /** Called before a principal is asked for. What it returns says whether nobody's rights have been changed since. */
  readonly watchRights: () => () => boolean;
}
