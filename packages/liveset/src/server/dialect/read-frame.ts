import { type Issue, LivesetError } from "../../core/error/liveset-error.ts";
import { isRecord, type Schema } from "../../core/protocol/schema.ts";
import { type Up, up } from "../../core/protocol/up.ts";

/** A frame that was read, or why it was not; `id` is the frame's where it has one. */
export type ReadFrame =
  | { readonly ok: true; readonly up: Up }
  | { readonly ok: false; readonly id: string | null; readonly error: LivesetError };

/** So many faults are told of one frame. */
const mostIssues = 20;

/** Reads a frame of `liveset.v1`. Does not throw, whatever the text is. */
export function readFrame(text: string): ReadFrame {
  const value = parse(text);
  if (!isRecord(value)) {
    return refuse(null, new LivesetError("malformed", { detail: "A frame is a JSON object." }));
  }
  const id = idIn(value);
  const { type } = value;
  if (typeof type !== "string" || !Object.hasOwn(up, type)) {
    const detail =
      typeof type === "string" ? `There is no frame "${type.slice(0, 64)}".` : "A frame has a type.";
    return refuse(id, new LivesetError("unknown_frame", { detail }));
  }
  const schema: Schema<Up> = up[type as Up["type"]];
  const issues: Issue[] = [];
  schema.check(value, [], issues);
  const [first] = issues;
  if (first === undefined) return { ok: true, up: known(value, schema) };
  return refuse(
    id,
    new LivesetError("invalid", { detail: first.message, errors: issues.slice(0, mostIssues) }),
  );
}

/** Only what the schema knows: more would be taken for what the server itself says of a call, such as its user. */
function known(frame: Readonly<Record<string, unknown>>, { names = [] }: Schema<Up>): Up {
  const fields = names.filter((name) => Object.hasOwn(frame, name)).map((name) => [name, frame[name]]);
  return Object.fromEntries(fields) as Up;
}

/** The id of a frame, where one can be read. */
export function idOf(text: string): string | null {
  const value = parse(text);
  return isRecord(value) ? idIn(value) : null;
}

function refuse(id: string | null, error: LivesetError): ReadFrame {
  return { ok: false, id, error };
}

function idIn(frame: Readonly<Record<string, unknown>>): string | null {
  return typeof frame.id === "string" ? frame.id : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
