import type { CookieSigner } from "./cookie-signer.ts";

/** A person who may sign in. */
export interface Account {
  readonly id: string;
  readonly name: string;
}

/** Signing in and out, and who a request comes from. */
export interface SessionRoutes {
  /** The account that a request's cookie names, or null. */
  userOf(request: Request): Account | null;
  /** Answers `/session`: GET tells who is signed in, POST `{"user": "ada"}` signs in, DELETE signs out. */
  respond(request: Request): Promise<Response>;
}

const name = "todo_session";
const days = 30;

/** Sessions in a signed cookie, without a password: it is a demo. */
export function sessionRoutes(accounts: readonly Account[], signer: CookieSigner): SessionRoutes {
  const find = (id: unknown) => accounts.find((account) => account.id === id) ?? null;

  function userOf(request: Request): Account | null {
    const cookies = (request.headers.get("cookie") ?? "").split(";").map((part) => part.trim().split("="));
    const value = cookies.find(([key]) => key === name)?.[1];
    return value === undefined ? null : find(signer.verify(value, Date.now()));
  }

  async function signIn(request: Request): Promise<Response> {
    if (!request.headers.get("content-type")?.startsWith("application/json")) {
      return problem(415, "unsupported_media_type", "Send JSON.");
    }
    const body: unknown = await request.json().catch(() => null);
    const id = typeof body === "object" && body !== null && "user" in body ? body.user : undefined;
    const account = find(id);
    if (account === null) {
      const known = accounts.map((one) => `"${one.id}"`).join(" and ");
      return problem(400, "invalid", `There is no such account. The accounts are ${known}.`, ["user"]);
    }
    const maxAge = days * 86_400;
    return session(account, cookie(signer.sign(account.id, Date.now() + maxAge * 1000), maxAge));
  }

  function session(user: Account | null, setCookie?: string): Response {
    const headers = {
      "cache-control": "no-store",
      ...(setCookie === undefined ? {} : { "set-cookie": setCookie }),
    };
    return Response.json({ user, accounts }, { headers });
  }

  return {
    userOf,
    async respond(request) {
      if (request.method === "GET") return session(userOf(request));
      if (!isSameOrigin(request)) return problem(403, "origin_refused", "This origin may not sign in.");
      if (request.method === "POST") return signIn(request);
      if (request.method === "DELETE") return session(null, cookie("", 0));
      const response = problem(405, "method_not_allowed", "Use GET, POST or DELETE.");
      response.headers.set("allow", "GET, POST, DELETE");
      return response;
    },
  };
}

function cookie(value: string, maxAge: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}`;
}

/** Programs send no Origin; a browser's page of another origin may not change the session. */
function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  return origin === null || (URL.canParse(origin) && new URL(origin).host === new URL(request.url).host);
}

function problem(status: number, code: string, detail: string, path?: readonly string[]): Response {
  const errors = path === undefined ? {} : { errors: [{ path, code: "unknown", message: detail }] };
  return new Response(JSON.stringify({ code, status, title: detail, detail, ...errors }), {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
