/** Which origins may send a signed-in browser's requests. */
export interface OriginRules {
  /** Allowed beside the server's own. */
  readonly origins: ReadonlySet<string>;
  /** The server's own origin, where a proxy hides it. Default: that of the request's URL, whatever its scheme. */
  readonly publicOrigin: string | undefined;
}

/**
 * Whether a request that may carry somebody's cookies comes from a page that may use them. A browser sends cookies for any page that
 * asks, so that without this a foreign page could write, or open a socket, in the name of its visitor. Requests
 * without cookies prove who they are by other means, and are not a page's to forge.
 */
export function originAllowed(request: Request, rules: OriginRules): boolean {
  if (!request.headers.has("cookie")) return true;
  const origin = request.headers.get("origin");
  if (origin === null) return request.headers.get("sec-fetch-site") !== "cross-site";
  if (rules.origins.has(origin)) return true;
  if (rules.publicOrigin !== undefined) return origin === rules.publicOrigin;
  return URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}
