import type { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Outbox } from "../../live/outbox.ts";
import type { Notice } from "./notice.ts";

/** What a client that asks for positions is told when it may begin to rely on them: `reset` means that notices were missed. */
export type FeedState = "ready" | "resumed" | "reset";

/** How notices are written. Positions are texts of `printPosition`. */
export interface NoticesForm {
  /** Whether clients know where they stand, and so a reset from silence. */
  readonly tellsPositions: boolean;
  /** The notices of one transaction, or several as one; not none. */
  notices(notices: readonly Notice[], position: string | null): void;
  state(state: FeedState, position: string): void;
  /** A sign of life. */
  beat(position: string): void;
  /** @param resource whose notices will not come, null where the error is about something else */
  error(error: LivesetError, resource: string | null): void;
}

/**
 * Frames on a WebSocket: `{action, table, ids}`, and nothing that `handleSocketNotification` would take for one. Positions only
 * where the client asked for them.
 */
export function socketForm(outbox: Outbox, tellsPositions: boolean): NoticesForm {
  const send = (frame: object): void => outbox.send(JSON.stringify(frame));
  return {
    tellsPositions,
    notices(notices, position) {
      for (const notice of notices) send(notice);
      if (tellsPositions && position !== null) send({ type: "commit", since: position });
    },
    state(state, position) {
      if (tellsPositions) send({ type: state, since: position });
    },
    beat(position) {
      if (tellsPositions) send({ type: "pong", since: position });
    },
    error: (error, resource) => send(problemOf(error, resource)),
  };
}

/**
 * Server-Sent Events: a `message` for each notice, the last of a transaction with the position as its id, and events `ready`,
 * `resumed`, `reset` and `problem`.
 */
export function eventForm(outbox: Outbox): NoticesForm {
  return {
    tellsPositions: true,
    notices(notices, position) {
      const events = notices.map((notice) => `data: ${JSON.stringify(notice)}\n`);
      if (position !== null) events.push(`id: ${position}\n${events.pop() ?? ""}`);
      outbox.send(events.map((event) => `${event}\n`).join(""));
    },
    state(state, position) {
      outbox.send(`event: ${state}\nid: ${position}\ndata: {}\n\n`);
    },
    // An event without data is none, but its id is kept: a quiet client's position stays young.
    beat(position) {
      outbox.send(`: alive\nid: ${position}\n\n`);
    },
    error(error, resource) {
      outbox.send(`event: problem\ndata: ${JSON.stringify(problemOf(error, resource))}\n\n`);
    },
  };
}

function problemOf(error: LivesetError, resource: string | null): object {
  return { type: "error", ...(resource === null ? {} : { resource }), ...error.toProblem() };
}
