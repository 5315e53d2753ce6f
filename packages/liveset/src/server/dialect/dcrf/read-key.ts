import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Wish } from "../../live/requests.ts";
import type { Payload } from "./frame.ts";
import { required } from "./refusal.ts";
import type { Stream } from "./stream.ts";

/** The key that a payload names, as it stands there: under `pk`, or what the stream calls it; null where it names none. */
export function findKey(payload: Payload, { pkField }: Stream): string | number | null {
  for (const name of ["pk", pkField]) {
    const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
    if (typeof value === "string" || typeof value === "number") return value;
    if (value !== undefined) throw new LivesetError("not_found");
  }
  return null;
}

/**
 * The row that a payload names: by its key, or by the first of the fields by which rows are looked up.
 *
 * @throws LivesetError as `readKey` does.
 */
export function readRow(payload: Payload, stream: Stream): Pick<Wish, "key" | "lookup"> {
  const key = findKey(payload, stream);
  if (key !== null) return { key: String(key) };
  for (const field of stream.resource.options.lookupBy ?? []) {
    const value = Object.hasOwn(payload, field) ? payload[field] : undefined;
    if (typeof value === "string" || typeof value === "number")
      return { lookup: { field, value: String(value) } };
  }
  throw required("pk");
}

/**
 * The key that a payload names.
 *
 * @throws LivesetError `not_found` for what no key can be, a refusal where there is none.
 */
export function readKey(payload: Payload, stream: Stream): string | number {
  const key = findKey(payload, stream);
  if (key === null) throw required("pk");
  return key;
}
