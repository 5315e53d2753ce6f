import type { LivesetError } from "../../../core/error/liveset-error.ts";
import type { FrameFault, SubscribeFrame } from "./frames.ts";
import { fault } from "./read-frame.ts";

/**
 * An error of a subscription as django-rest-live words it, where it has words for it; else the status and sentence of our own table.
 *
 * @param asked what was subscribed to, null where that is not known
 */
export function describeError(error: LivesetError, asked: SubscribeFrame | null): FrameFault {
  if (asked === null) return fault(null, error.status, error.message);
  const { id, model, action } = asked;
  switch (error.code) {
    case "not_found":
      return fault(id, 404, "Instance not found. Make sure 'lookup_by' is set to a valid ID");
    case "unauthenticated":
    case "forbidden":
      return fault(id, 403, `Unauthorized to subscribe to ${model} for action ${action}`);
    case "unknown_resource":
      return fault(id, 404, `Model ${model} not registered for realtime updates.`);
    default:
      return fault(id, error.status, error.message);
  }
}
