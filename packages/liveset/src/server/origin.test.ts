import { expect, test } from "vitest";
import { originAllowed } from "./origin.ts";

const none = { origins: new Set<string>(), publicOrigin: undefined };

function asks(headers: Record<string, string>): Request {
  return new Request("http://app.example:8000/api/", { headers });
}

test("pitfall 15: a page of another origin may not use its visitor's cookies", () => {
  expect(originAllowed(asks({ cookie: "s=1", origin: "http://evil.example" }), none)).toBe(false);
  expect(originAllowed(asks({ cookie: "s=1", origin: "http://app.example:8001" }), none)).toBe(false);
  expect(originAllowed(asks({ cookie: "s=1", origin: "null" }), none)).toBe(false);
  expect(originAllowed(asks({ cookie: "s=1", "sec-fetch-site": "cross-site" }), none)).toBe(false);
});

test("the server's own pages may, also behind a proxy that ends TLS", () => {
  expect(originAllowed(asks({ cookie: "s=1", origin: "http://app.example:8000" }), none)).toBe(true);
  expect(originAllowed(asks({ cookie: "s=1", origin: "https://app.example:8000" }), none)).toBe(true);
});

test("with a public origin given nothing else is the server's own", () => {
  const rules = { ...none, publicOrigin: "https://app.example" };
  expect(originAllowed(asks({ cookie: "s=1", origin: "https://app.example" }), rules)).toBe(true);
  expect(originAllowed(asks({ cookie: "s=1", origin: "http://app.example:8000" }), rules)).toBe(false);
});

test("listed origins may; without cookies anybody may; a client that is no page may", () => {
  const rules = { ...none, origins: new Set(["http://friend.example"]) };
  expect(originAllowed(asks({ cookie: "s=1", origin: "http://friend.example" }), rules)).toBe(true);
  expect(originAllowed(asks({ origin: "http://evil.example" }), none)).toBe(true);
  expect(originAllowed(asks({ cookie: "s=1" }), none)).toBe(true);
});
