import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pageFiles } from "./page-files.ts";

const folder = mkdtempSync(join(tmpdir(), "todo-page-"));
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<!doctype html>");
writeFileSync(join(folder, "icon.svg"), "<svg/>");
writeFileSync(join(folder, "assets", "index-1a2b.js"), "1");
const respond = pageFiles(folder);
afterAll(() => rmSync(folder, { recursive: true }));

function get(path: string, init: RequestInit = {}): Response {
  return respond(new Request(`http://localhost${path}`, init));
}

test("the page is served at the root, and asked for again each time", async () => {
  const response = get("/?from=mail");
  expect(await response.text()).toBe("<!doctype html>");
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
});

test("a page below another path is found there and nowhere else", async () => {
  const below = pageFiles(folder, "/departments/");
  const at = (path: string) => below(new Request(`http://localhost${path}`));
  expect(await at("/departments/").text()).toBe("<!doctype html>");
  expect(at("/departments/").headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(at("/departments/assets/index-1a2b.js").headers.get("cache-control")).toContain("immutable");
  expect([at("/").status, at("/departments").status, at("/assets/index-1a2b.js").status]).toEqual([
    404, 404, 404,
  ]);
});

test("files with a hash in their name are kept for good", () => {
  const { headers } = get("/assets/index-1a2b.js");
  expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
});

test("a file that the browser has is not sent again", async () => {
  const etag = get("/icon.svg").headers.get("etag") ?? "";
  const response = get("/icon.svg", { headers: { "if-none-match": etag } });
  expect([response.status, await response.text()]).toEqual([304, ""]);
});

test("HEAD has the headers and no body; other methods are refused", async () => {
  const head = get("/", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const post = get("/", { method: "POST" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each([
  "/nothing",
  "/index.html/",
  "/..%2f..%2fpackage.json",
  "/%2e%2e/server.ts",
  "/assets/",
  "/assets",
])("%s is not found", (path) => {
  expect(get(path).status).toBe(404);
});
