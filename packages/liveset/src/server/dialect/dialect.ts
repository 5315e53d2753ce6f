import type { Code } from "../../core/error/codes.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { RequestInfo } from "../context.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Session } from "../live/session.ts";
import type { Voice } from "../live/voice.ts";

/** A wire protocol: translates frames to a session's operations and back. It knows nothing of matching or permissions. */
export interface Dialect {
  /** Who shows that the connection lives: the client with frames of its own, or the server with pings of the transport. */
  readonly heartbeat: "client" | "server";
  /** The close code for a client that is nobody; null where anybody may speak. */
  readonly closesAnonymous: number | null;
  /**
   * Whether a list that is open may become another one, as `subscribed` without rows says, and then be told the difference. Else it
   * is reset where its client's rights have changed.
   */
  readonly movesLists: boolean;
  /** Whether answers that wait for a slow reader are sent before the changes that wait with them. Default: after. */
  readonly answersFirst?: true;
  /** Begins to speak on one connection. `request` opened it. */
  open(end: DialogueEnd, request: RequestInfo): Dialogue;
}

/** What a dialogue may do to its connection. */
export interface DialogueEnd {
  readonly outbox: Outbox;
  /** Closes it with the close code of an error. */
  close(code: Code): void;
  /** Resolves when the client has read what it was sent, as far as the transport can tell, and not in the same turn. */
  drained(): Promise<void>;
}

/** A dialect on one connection. */
export interface Dialogue {
  /** The half that writes. */
  readonly voice: Voice;
  /**
   * Follows what the client is told of without its asking. Called when the session begins, and again when its principal has become another
   * one, or has other rights: then what failed before may not fail now.
   */
  begin?(session: Session, isFirst: boolean): void;
  /**
   * Reads a frame and asks the session for what it says. A frame that cannot be read is answered by an error.
   *
   * @param voice writes as the dialogue's own does, but no faster than the client reads
   */
  receive(session: Session, voice: Voice, text: string): void;
  /** Answers a frame that is not to be handled, naming its id where one can be read. */
  refuse(voice: Voice, text: string, error: LivesetError): void;
  /** The connection is over. */
  ended?(): void;
}
