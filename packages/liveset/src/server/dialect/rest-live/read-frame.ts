import type { Json } from "../../../core/json.ts";
import { isRecord } from "../../../core/protocol/schema.ts";
import type { FrameFault, SubscribeFrame, UnsubscribeFrame } from "./frames.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An id longer than this as JSON is refused: it is repeated in every frame of its subscription. */
const longestId = 1_000;

const actionRule = "`action` must be present and the value must be either `list` or `retrieve`.";

/**
 * Reads a frame of a django-rest-live client (0.7.0: `subscribe` and `unsubscribe`; `subscription`, which its usage page
 * once wrote, means `subscribe`). Unknown fields are ignored, as there. Does not throw, whatever the text is.
 */
export function readFrame(text: string): SubscribeFrame | UnsubscribeFrame | FrameFault {
  const fields = parse(text);
  if (!isRecord(fields)) return fault(null, 400, "A message must be a JSON object.");
  const id = idIn(fields);
  if (id === null)
    return fault(null, 400, "A message must have an `id`, of at most 1000 characters as JSON.");
  const { type } = fields;
  if (type === "unsubscribe") return { type, id };
  if (type === "subscribe" || type === "subscription") return readSubscribe(id, fields);
  return fault(id, 400, `unknown message type \`${shown(type)}\`.`);
}

/** The id of a frame, null where none can be read. */
export function idOf(text: string): Json {
  const fields = parse(text);
  return isRecord(fields) ? idIn(fields) : null;
}

function readSubscribe(id: Json, fields: Fields): SubscribeFrame | FrameFault {
  const { model, action, lookup_by: lookupBy = null, snapshot, since } = fields;
  if (model === undefined || model === null) return fault(id, 400, "No model specified.");
  if (action !== "list" && action !== "retrieve") return fault(id, 400, actionRule);
  for (const name of ["view_kwargs", "query_params"]) {
    const value = fields[name];
    if (value !== undefined && !isRecord(value)) return fault(id, 400, `\`${name}\` must be an object.`);
  }
  const known = sinceIn(since);
  if (known === undefined)
    return fault(id, 400, "`since` must be an object with the texts `cursor` and `plan`.");
  return {
    type: "subscribe",
    id,
    model: shown(model),
    action,
    lookupBy: lookupBy as Json,
    viewKwargs: (fields.view_kwargs ?? {}) as Readonly<Record<string, Json>>,
    queryParams: (fields.query_params ?? {}) as Readonly<Record<string, Json>>,
    snapshot: snapshot === true || known !== null,
    since: known,
  };
}

function sinceIn(since: unknown): SubscribeFrame["since"] | undefined {
  if (since === undefined || since === null) return null;
  if (!isRecord(since)) return undefined;
  const { cursor, plan } = since;
  return typeof cursor === "string" && typeof plan === "string" ? { cursor, plan } : undefined;
}

function idIn({ id }: Fields): Json {
  return id === undefined || id === null || JSON.stringify(id).length > longestId ? null : (id as Json);
}

/** A value in a sentence, as Python prints what is not there. */
function shown(value: unknown): string {
  const text =
    value === undefined || value === null
      ? "None"
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  return text.slice(0, 100);
}

/** What is wrong with a frame. */
export function fault(id: Json, code: number, message: string): FrameFault {
  return { type: "fault", id, code, message };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
