import { type Issue, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { json } from "../../core/protocol/schema.ts";
import { invalidInput } from "../invalid-input.ts";

/**
 * The JSON body of a request, undefined where it has none.
 *
 * @param limit bytes; reading stops there, whatever `Content-Length` says
 * @throws LivesetError `unsupported_media_type`, `too_large`, `malformed`, or `invalid` for keys that could reach a prototype.
 */
export async function readBody(request: Request, limit: number): Promise<Json | undefined> {
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers.get("content-type"))) throw new LivesetError("unsupported_media_type");
  const value = parse(bytes);
  const issues: Issue[] = [];
  json.check(value, [], issues);
  if (issues.length > 0) throw invalidInput(issues);
  return value;
}

const nothing = new Uint8Array();
/** Keeps nothing between two calls that are not told to stream. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

function isJson(contentType: string | null): boolean {
  const [type = ""] = (contentType ?? "").split(";");
  return /^application\/([\w.-]+\+)?json$/i.test(type.trim());
}

/**
 * A body whose length was announced is read at once, which costs a server on Node a third of what reading its stream does: HTTP
 * itself sees to it that there are no more bytes than announced.
 */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const announced = request.headers.get("content-length");
  if (announced === null) return request.body === null ? nothing : readStream(request.body, limit);
  if (Number(announced) > limit) throw tooLarge(limit);
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

async function readStream(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function parse(bytes: Uint8Array): Json {
  try {
    return JSON.parse(utf8.decode(bytes)) as Json;
  } catch {
    throw new LivesetError("malformed", { detail: "The body is not JSON in UTF-8." });
  }
}

function tooLarge(limit: number): LivesetError {
  return new LivesetError("too_large", { detail: `A body may have at most ${limit} bytes.` });
}
