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
  if (request.body === null) return undefined;
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const bytes = await readBytes(request.body, limit);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers.get("content-type"))) throw new LivesetError("unsupported_media_type");
  const value = parse(bytes);
  const issues: Issue[] = [];
  json.check(value, [], issues);
  if (issues.length > 0) throw invalidInput(issues);
  return value;
}

function isJson(contentType: string | null): boolean {
  const [type = ""] = (contentType ?? "").split(";");
  return /^application\/([\w.-]+\+)?json$/i.test(type.trim());
}

async function readBytes(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
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
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new LivesetError("malformed", { detail: "The body is not JSON in UTF-8." });
  }
}

function tooLarge(limit: number): LivesetError {
  return new LivesetError("too_large", { detail: `A body may have at most ${limit} bytes.` });
}
