import type { Clock } from "../../core/clock.ts";
import type { NoticesFeed } from "../dialect/notices/notices-feed.ts";
import type { OriginRules } from "../origin.ts";
import type { Runtime } from "../runtime.ts";
import type { ServerOptions } from "../server-options.ts";
import { checkCors } from "./cors.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import type { RestSettings } from "./settings.ts";

/**
 * How REST is served, from a server's options.
 *
 * @throws Error for options that contradict each other.
 */
export function restSettings(
  runtime: Runtime,
  options: ServerOptions,
  clock: Clock,
  notices: NoticesFeed | null,
): RestSettings {
  const { cors, rateLimit, prefix = "/api" } = options;
  if (cors !== undefined) checkCors(cors);
  return {
    prefix: prefix.replace(/\/+$/, ""),
    origins: originRules(options),
    cors,
    notices,
    rateLimiter: rateLimit === undefined ? undefined : createRateLimiter(rateLimit, clock),
    clientOf: (request, user, address) =>
      rateLimit?.key?.(request, user) ??
      (user === null ? `at ${address}` : `as ${runtime.principalId(user)}`),
  };
}

function originRules({ origins = [], cors, publicOrigin }: ServerOptions): OriginRules {
  const withCookies = cors?.credentials === true ? cors.origins : [];
  return { origins: new Set([...origins, ...withCookies]), publicOrigin };
}
