import type { Json } from "../core/json.ts";
import { toBase64 } from "../core/query/base64.ts";
import { isPromiseLike } from "./is-promise-like.ts";

/**
 * Any value that server code returns (a computed field, an action's result), in wire form: Date as ISO 8601,
 * bigint as a decimal string, bytes as base64, at any depth; `undefined` in objects is left out.
 *
 * @throws TypeError where a value has no JSON form: a function, a symbol, a promise, NaN or infinity, an invalid date.
 */
export function toWire(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form.`);
      return value;
    case "bigint":
      return value.toString();
    case "undefined":
      return null;
    case "object":
      return value === null ? null : objectToWire(value);
    default:
      throw new TypeError(`A ${typeof value} has no JSON form.`);
  }
}

function objectToWire(value: object): Json {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return toBase64(value);
  if (Array.isArray(value)) return value.map(toWire);
  if (isPromiseLike(value)) {
    // Nobody else waits for it: its rejection would end the process.
    value.then(undefined, () => {});
    throw new TypeError("A promise has no JSON form: it must be awaited.");
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return toWire(value.toJSON());
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, toWire(entry)]));
}
