/** Which pages of other origins may use the REST interface. */
export interface CorsOptions {
  /** Origins such as `https://app.example.com`, or `["*"]` for all. */
  readonly origins: readonly string[];
  /** Whether pages may send cookies. Not together with `*`. Default false. */
  readonly credentials?: boolean;
  /** Seconds for which a browser may keep the answer to a preflight. Default 600. */
  readonly maxAge?: number;
}

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const exposed = "ETag, Location, Retry-After, Allow";
const usual = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match";

/**
 * Checks the option.
 *
 * @throws Error for credentials together with `*`: any page could then act in a visitor's name.
 */
export function checkCors(options: CorsOptions): void {
  if (options.credentials === true && options.origins.includes("*")) {
    throw new Error('cors: credentials cannot be combined with the origin "*". Name the origins.');
  }
}

/** The answer to a preflight, or null where the request is none. */
export function preflight(request: Request, options: CorsOptions): Response | null {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return null;
  const response = new Response(null, { status: 204 });
  if (addCorsHeaders(request, response.headers, options)) {
    response.headers.set("access-control-allow-methods", methods);
    response.headers.set(
      "access-control-allow-headers",
      request.headers.get("access-control-request-headers") ?? usual,
    );
    response.headers.set("access-control-max-age", String(options.maxAge ?? 600));
  }
  return response;
}

/** Adds what lets the page that asked read the answer. False where its origin is not listed. */
export function addCorsHeaders(request: Request, headers: Headers, options: CorsOptions): boolean {
  const any = options.origins.includes("*");
  if (!any) headers.append("vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin === null || !(any || options.origins.includes(origin))) return false;
  headers.set("access-control-allow-origin", any ? "*" : origin);
  headers.set("access-control-expose-headers", exposed);
  if (options.credentials === true) headers.set("access-control-allow-credentials", "true");
  return true;
}
