import type { Json } from "../../../core/json.ts";
import type { Context } from "../../context.ts";
import { invalidInput } from "../../invalid-input.ts";
import type { Ask } from "../../live/ask.ts";
import type { Observer } from "../../observer.ts";
import { validate } from "../../validate.ts";
import type { LeftOff } from "./departed.ts";
import type { Frame, Payload } from "./frame.ts";
import { readKey } from "./read-key.ts";
import { readParams } from "./read-query.ts";
import { required } from "./refusal.ts";
import type { Stream } from "./stream.ts";

/** What a frame wants to follow. */
export interface ReadSubscription {
  /** Of one row, its key as it was written; null for a list. */
  readonly pk: string | number | null;
  /** What tells it from other subscriptions of its connection. */
  readonly name: string;
  ask(leftOff: LeftOff | null): Ask;
}

/**
 * A subscription to one row (no observer) or to a list.
 *
 * @throws LivesetError a refusal where the request_id or the key is missing.
 */
export function readSubscription(
  stream: Stream,
  { action, requestId, payload }: Frame,
  observer: Observer | null,
): ReadSubscription {
  if (requestId === null) throw required("request_id");
  const { resource } = stream;
  const params = readParams(resource, payload);
  const common = { resource: resource.name, params };
  if (observer === null) {
    const pk = readKey(payload, stream);
    return {
      pk,
      name: JSON.stringify([stream.name, action, requestId, pk, params]),
      ask: () => ({ ...common, action: "retrieve", key: String(pk) }),
    };
  }
  const { action: _, request_id: __, ...args } = payload;
  return {
    pk: null,
    name: JSON.stringify([stream.name, action, requestId, args]),
    ask: (leftOff) => ({
      ...common,
      action: "list",
      rows: false,
      ...(observer.where === undefined && observer.args === undefined
        ? {}
        : { within: (context) => conditionOf(observer, args, context) }),
      ...(leftOff === null ? {} : { since: leftOff }),
    }),
  };
}

async function conditionOf(observer: Observer, args: Payload, context: Context): Promise<unknown> {
  let given: Json | unknown;
  if (observer.args !== undefined) {
    const { value, issues } = await validate(observer.args, args, []);
    if (issues.length > 0) throw invalidInput(issues);
    given = value;
  }
  return observer.where === undefined ? true : observer.where(given, context);
}
