import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Session } from "../live/session.ts";
import type { Voice } from "../live/voice.ts";

/** A wire protocol: translates frames to a session's operations and back. It knows nothing of matching or permissions. */
export interface Dialect {
  /** The half that writes, for one connection. */
  voice(outbox: Outbox): Voice;
  /** Reads a frame and asks the session for what it says. A frame that cannot be read is answered by an error. */
  receive(session: Session, voice: Voice, text: string): void;
  /** Answers a frame that is not to be handled, naming its id where one can be read. */
  refuse(voice: Voice, text: string, error: LivesetError): void;
}
