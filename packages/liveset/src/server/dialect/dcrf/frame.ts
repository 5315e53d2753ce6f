import type { Json } from "../../../core/json.ts";

/** The payload of a frame. */
export type Payload = Readonly<Record<string, Json>>;

/** A frame that a client sent: an action on a stream, with its arguments. */
export interface Frame {
  readonly stream: string;
  readonly action: string;
  /** Any JSON value; null where the client gave none. Repeated as it is. */
  readonly requestId: Json;
  readonly payload: Payload;
}

/** Where an answer goes: what of a frame is repeated, as far as it could be read. */
export interface Address {
  readonly stream: string | null;
  readonly action: string | null;
  readonly requestId: Json;
}

/** A frame that cannot be handled, and why. */
export interface Unreadable {
  readonly address: Address;
  readonly status: number;
  readonly message: string;
}
