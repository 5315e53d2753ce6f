import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves the files of a built page below a path that ends with a slash. All are read beforehand, so that no request's path ever reaches the file system.
 * Files with a hash in their name are kept by browsers for good, the others are asked for again with their ETag.
 */
export function pageFiles(folder: string, base = "/"): (request: Request) => Response {
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        const path = relative(folder, file).split(sep).join("/");
        return [path === "index.html" ? base : `${base}${path}`, readPageFile(file, path)] as const;
      }),
  );
  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Only GET and HEAD.\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const file = files.get(new URL(request.url).pathname);
    if (file === undefined)
      return new Response("Not found.\n", { status: 404, headers: { "content-type": "text/plain" } });
    if (request.headers.get("if-none-match") === file.headers.etag) {
      return new Response(null, { status: 304, headers: file.headers });
    }
    return new Response(request.method === "HEAD" ? null : file.body, { headers: file.headers });
  };
}

function readPageFile(file: string, path: string): PageFile {
  const body = new Uint8Array(readFileSync(file));
  const isHashed = path.startsWith("assets/");
  const headers = {
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    "x-content-type-options": "nosniff",
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
  };
  return { body, headers: extname(file) === ".html" ? { ...headers, ...pageHeaders } : headers };
}

/** The page loads nothing from elsewhere and is in nobody's frame. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  "referrer-policy": "same-origin",
};
