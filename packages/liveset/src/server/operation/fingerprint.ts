import type { Json } from "../../core/json.ts";
import type { Call } from "./call.ts";

/** What a write asks for, as a digest: equal for equal resource, action, row, params and data, whatever the order of their keys. */
export function fingerprint(call: Asked): Promise<string> {
  return digestOf(canonicalJson(parts(call)));
}

/** The same of several writes asked for as one, in their order. */
export function batchFingerprint(calls: readonly Asked[]): Promise<string> {
  return digestOf(canonicalJson(["batch", ...calls.map(parts)]));
}

type Asked = Pick<Call, "resource" | "action" | "key" | "lookup" | "params" | "data">;

function parts(call: Asked): Json {
  const key = typeof call.key === "object" ? call.key : [call.key ?? null];
  const { lookup } = call;
  const named = lookup === undefined ? key.map(String) : [lookup.field, String(lookup.value)];
  return [call.resource, call.action, named, call.params ?? {}, call.data ?? null];
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(",")}}`;
}
