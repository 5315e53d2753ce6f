import type { Json } from "../../../core/json.ts";
import { isRecord } from "../../../core/protocol/schema.ts";
import type { Address, Frame, Payload, Unreadable } from "./frame.ts";

/** A request_id longer than this as JSON is refused: it is repeated in every frame of its subscription. */
const longestId = 1_000;

/** Reads a frame of a DCRF client. Does not throw, whatever the text is. */
export function readFrame(text: string): Frame | Unreadable {
  const fields = parse(text);
  const address = addressIn(fields, text);
  const refuse = (status: number, message: string): Unreadable => ({ address, status, message });
  if (!isRecord(fields)) return refuse(400, "A message must be a JSON object.");
  const { stream, payload } = fields;
  if (typeof stream !== "string") return refuse(400, "A message must have the name of a stream.");
  if (!isRecord(payload)) return refuse(400, "A message must have a payload, which is an object.");
  if (isLong(payload.request_id)) {
    return refuse(400, "A request_id has at most 1000 characters as JSON.");
  }
  const { action } = payload;
  if (!Object.hasOwn(payload, "action")) return refuse(405, "Unable to find action in message body.");
  if (typeof action !== "string") return refuse(405, notAllowed(shown(action)));
  return { stream, action, requestId: address.requestId, payload: payload as Payload };
}

/** Where the answer to a frame goes, as far as that can be read. */
export function addressOf(text: string): Address {
  return addressIn(parse(text), text);
}

/** How an action that does not exist is refused. */
export function notAllowed(action: string): string {
  return `Method "${action.slice(0, 100)}" not allowed.`;
}

function addressIn(fields: unknown, text: string): Address {
  if (!isRecord(fields)) return { stream: null, action: null, requestId: null };
  const payload = isRecord(fields.payload) ? fields.payload : {};
  const { action, request_id: requestId = null } = payload;
  return {
    stream: typeof fields.stream === "string" ? fields.stream.slice(0, longestId) : null,
    action: typeof action === "string" ? action.slice(0, longestId) : null,
    requestId: isLong(requestId) ? null : asWritten(requestId as Json, text),
  };
}

/** What ES2025 has of JSON beyond what its types here know. */
interface SourceJson {
  parse(
    text: string,
    revive: (key: string, value: unknown, at: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): Json;
}

/** A number that JavaScript may not hold exactly, such as 2 ** 60 or 1.0, is repeated in the digits that it was written in. */
function asWritten(requestId: Json, text: string): Json {
  if (typeof requestId !== "number" || (Number.isSafeInteger(requestId) && !text.includes(".")))
    return requestId;
  const json = JSON as unknown as SourceJson;
  const fields = json.parse(text, (key, value, { source = "" }) =>
    key === "request_id" && typeof value === "number" && source.length <= longestId
      ? json.rawJSON(source)
      : value,
  );
  return (fields as { readonly payload: { readonly request_id: Json } }).payload.request_id;
}

function isLong(requestId: unknown): boolean {
  return typeof requestId === "string" || (typeof requestId === "object" && requestId !== null)
    ? JSON.stringify(requestId).length > longestId
    : false;
}

/** A value in a sentence, as Python prints what is not there. */
function shown(value: unknown): string {
  return value === null || value === undefined ? "None" : JSON.stringify(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
