import { LivesetError } from "../../core/error/liveset-error.ts";
import type { Up } from "../../core/protocol/up.ts";
import type { Session } from "../live/session.ts";
import type { Dialect } from "./dialect.ts";
import { idOf, readFrame } from "./read-frame.ts";
import { createWriter } from "./write-frames.ts";

/** The dialect `liveset.v1`. One for all connections of a hub: what many of them are told is encoded once. */
export function livesetDialect(): Dialect {
  const write = createWriter();
  return {
    heartbeat: "client",
    closesAnonymous: null,
    movesLists: true,
    open: ({ outbox }) => ({
      voice: write(outbox),
      receive(session, voice, text) {
        const frame = readFrame(text);
        if (frame.ok) handle(session, frame.up);
        else voice.error(frame.id, frame.error);
      },
      refuse(voice, text, error) {
        voice.error(idOf(text), error);
      },
    }),
  };
}

function handle(session: Session, up: Up): void {
  switch (up.type) {
    case "subscribe": {
      const { type: _, id, ...ask } = up;
      return session.subscribe(id, ask);
    }
    case "unsubscribe":
      return session.unsubscribe(up.id);
    case "request": {
      const { type: _, id, ifMatch, ...wish } = up;
      return session.request(id, ifMatch === undefined ? wish : { ...wish, ifMatch: [ifMatch] });
    }
    case "batch": {
      const { type: _, id, operations, ...rest } = up;
      const calls = operations.map(({ ifMatch, ...call }) =>
        ifMatch === undefined ? call : { ...call, ifMatch: [ifMatch] },
      );
      return session.request(id, { ...rest, operations: calls });
    }
    case "auth":
      return session.authenticate(up.token);
    case "ping":
      return session.ping();
    default:
      up satisfies never;
      throw new LivesetError("unknown_frame");
  }
}
