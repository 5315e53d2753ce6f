import type { Clock } from "../../core/clock.ts";

/** Clients that are remembered; beyond it the one silent for longest is forgotten. */
const capacity = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Takes one token of a client's. The result is 0, or the seconds to wait where there is none. */
export type RateLimiter = (client: string) => number;

/**
 * A token bucket for each client: `burst` requests at once, then `perSecond`.
 */
export function createRateLimiter(
  limit: { readonly burst: number; readonly perSecond: number },
  clock: Clock,
): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return (client) => {
    const now = clock.now();
    const last = buckets.get(client) ?? { tokens: limit.burst, at: now };
    const tokens = Math.min(limit.burst, last.tokens + ((now - last.at) / 1000) * limit.perSecond);
    const taken = tokens >= 1;
    buckets.delete(client);
    buckets.set(client, { tokens: taken ? tokens - 1 : tokens, at: now });
    const [oldest] = buckets.keys();
    if (buckets.size > capacity && oldest !== undefined) buckets.delete(oldest);
    return taken ? 0 : Math.ceil((1 - tokens) / limit.perSecond);
  };
}
