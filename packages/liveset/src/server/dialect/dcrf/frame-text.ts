import type { Json } from "../../../core/json.ts";
import type { Address } from "./frame.ts";

/** What stands in a frame beside its address. */
export interface Content {
  readonly status: number;
  readonly errors: readonly Json[];
  /** As JSON. */
  readonly data: string;
}

/** A frame as the client gets it: the envelope and the five keys, in the order of the original. */
export function frameText({ stream, action, requestId }: Address, { status, errors, data }: Content): string {
  const name = JSON.stringify(stream);
  const faults = errors.length === 0 ? "[]" : JSON.stringify(errors);
  const said = JSON.stringify(action);
  const id = JSON.stringify(requestId);
  return `{"stream":${name},"payload":{"errors":${faults},"data":${data},"action":${said},"response_status":${status},"request_id":${id}}}`;
}
