import type { Issue, LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import { notAllowed } from "./read-frame.ts";
import { Refusal } from "./refusal.ts";
import type { Stream } from "./stream.ts";

/** A status and what stands under `errors`. */
export interface Described {
  readonly status: number;
  readonly errors: readonly Json[];
}

/** Where Django REST framework puts what is wrong with an object as a whole. */
const whole = "non_field_errors";

/**
 * An error as Django REST framework says it, where it has words for it; else the status and sentence of our own table.
 *
 * @param stream null where none is known, as `action`
 */
export function describeError(error: LivesetError, stream: Stream | null, action: string | null): Described {
  if (error instanceof Refusal) return { status: error.status, errors: error.said };
  const { code, detail, errors = [] } = error;
  switch (code) {
    case "invalid":
      return { status: 400, errors: [errors.length === 0 ? error.message : byField(errors, stream)] };
    case "conflict":
      return errors.some((issue) => issue.code === "unique")
        ? { status: 400, errors: [byField(errors, stream)] }
        : { status: error.status, errors: [error.message] };
    case "unauthenticated":
    case "forbidden":
    case "outside_scope":
      return { status: 403, errors: [detail ?? "You do not have permission to perform this action."] };
    case "not_found":
      return { status: 404, errors: [detail ?? "Not found"] };
    case "method_not_allowed":
      return { status: 405, errors: [notAllowed(action ?? "None")] };
    case "throttled": {
      const seconds = error.retryAfter;
      const when = seconds === undefined ? "" : ` Expected available in ${seconds} seconds.`;
      return { status: 429, errors: [`Request was throttled.${when}`] };
    }
    case "internal":
      return { status: 500, errors: ["A server error occurred."] };
    default:
      return { status: error.status, errors: [error.message] };
  }
}

/** Sentences by the field that they are about. */
function byField(issues: readonly Issue[], stream: Stream | null): Json {
  const together = issues.filter(({ code }) => code === "unique");
  if (together.length > 1) {
    const names = together.map(({ path }) => String(path[0])).join(", ");
    return { [whole]: [`The fields ${names} must make a unique set.`] };
  }
  const fields = new Map<string, string[]>();
  for (const issue of issues) {
    const name = fieldOf(issue, stream);
    fields.set(name, [...(fields.get(name) ?? []), sentence(issue, name, stream)]);
  }
  return Object.fromEntries(fields);
}

function fieldOf({ path }: Issue, stream: Stream | null): string {
  const [first, second] = path;
  if (first === undefined) return whole;
  const name = String((first === "params" || first === "where") && second !== undefined ? second : first);
  return stream?.resource.info.key.length === 1 && stream.resource.info.key[0] === name
    ? stream.pkField
    : name;
}

function sentence({ code, message, path }: Issue, name: string, stream: Stream | null): string {
  switch (code) {
    case "required":
      return "This field is required.";
    case "null":
      return "This field may not be null.";
    case "unique":
      return path.length === 0 || stream === null
        ? message
        : `${nounOf(stream)} with this ${name} already exists.`;
    default:
      return message;
  }
}

/** What one row is called: the model's own name. */
function nounOf({ resource }: Stream): string {
  return resource.model.slice(resource.model.lastIndexOf(".") + 1).toLowerCase();
}
