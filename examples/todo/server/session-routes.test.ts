import { expect, test } from "vitest";
import { cookieSigner } from "./cookie-signer.ts";
import { sessionRoutes } from "./session-routes.ts";

const accounts = [
  { id: "ada", name: "Ada Brennan" },
  { id: "ben", name: "Ben Okafor" },
];
const { respond, userOf } = sessionRoutes(accounts, cookieSigner(Buffer.from("a secret of this test")));

function ask(
  method: string,
  init: { body?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = {
    ...(init.body === undefined ? {} : { "content-type": "application/json" }),
    ...init.headers,
  };
  return respond(new Request("http://localhost:8000/session", { method, headers, body: init.body ?? null }));
}

async function signIn(user: string): Promise<string> {
  const response = await ask("POST", { body: JSON.stringify({ user }) });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

test("signing in sets a cookie that scripts cannot read and other sites do not send", async () => {
  const response = await ask("POST", { body: '{"user":"ada"}' });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ user: accounts[0], accounts });
  expect(response.headers.get("set-cookie")).toMatch(
    /^todo_session=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  );
});

test("the cookie tells who asks, among other cookies too", async () => {
  const cookie = await signIn("ben");
  const request = new Request("http://localhost:8000/", { headers: { cookie: `a=1; ${cookie}; b=2` } });
  expect(userOf(request)).toEqual(accounts[1]);
  expect(await (await ask("GET", { headers: { cookie } })).json()).toMatchObject({ user: { id: "ben" } });
});

test("a forged cookie is nobody's", async () => {
  const [, mac] = (await signIn("ben")).split(/\.(?=[^.]*$)/);
  const forged = `todo_session=${Buffer.from("ada").toString("base64url")}.99999999999999.${mac}`;
  expect(userOf(new Request("http://localhost/", { headers: { cookie: forged } }))).toBeNull();
  expect(userOf(new Request("http://localhost/"))).toBeNull();
});

test("signing out takes the cookie away", async () => {
  const response = await ask("DELETE", { headers: { cookie: await signIn("ada") } });
  expect(await response.json()).toMatchObject({ user: null });
  expect(response.headers.get("set-cookie")).toContain("Max-Age=0");
});

test.each(['{"user":"eve"}', '{"user":7}', "{}", "null", "[", '{"user":"__proto__"}'])(
  "an unknown account (%s) is a problem that names the field and the accounts",
  async (body) => {
    const response = await ask("POST", { body });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      code: "invalid",
      detail: 'There is no such account. The accounts are "ada" and "ben".',
      errors: [{ path: ["user"] }],
    });
  },
);

test("a page of another origin neither signs in nor out", async () => {
  const headers = { origin: "http://evil.example" };
  expect((await ask("POST", { body: '{"user":"ada"}', headers })).status).toBe(403);
  expect((await ask("DELETE", { headers })).status).toBe(403);
  expect((await ask("DELETE", { headers: { origin: "http://localhost:8000" } })).status).toBe(200);
});

test("what is not JSON is 415, and another method 405", async () => {
  expect((await ask("POST", { body: "user=ada", headers: { "content-type": "text/plain" } })).status).toBe(
    415,
  );
  const response = await ask("PUT", { body: "{}" });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST, DELETE"]);
});
