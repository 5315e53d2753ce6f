import type { WireRow } from "../../core/json.ts";
import type { Changes } from "../../core/protocol/changes.ts";
import type { Commit } from "../../core/protocol/commit.ts";
import type { Down } from "../../core/protocol/down.ts";
import type { GroupChanges } from "../live/group-changes.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Opened, Voice } from "../live/voice.ts";
import { memo } from "./memo.ts";

/**
 * Makes the voices of a hub's connections. They share their encodings: `changes` once a group and transaction,
 * `commit` once a transaction, the rows of a snapshot once for all who get it.
 */
export function createWriter(): (outbox: Outbox) => Voice {
  const changesText = memo((changes: GroupChanges) => encode(changesFrame(changes)));
  const rowsText = memo((rows: readonly WireRow[]) => JSON.stringify(rows));
  const commitText = lastOf((cursor: string) => encode({ type: "commit", cursor }));
  return (outbox) => ({
    welcome: (session, epoch, cursor, heartbeat) =>
      outbox.send(encode({ type: "welcome", session, epoch, cursor, heartbeat })),
    subscribed: (opened) => outbox.send(subscribedText(opened, rowsText)),
    changes: (changes) => outbox.send(changesText(changes)),
    commit: (cursor, mutations) =>
      outbox.send(
        mutations.length === 0 ? commitText(cursor) : encode({ type: "commit", cursor, mutations }),
      ),
    reset: (group, reason) => outbox.send(encode({ type: "reset", group, reason })),
    response: (id, { status, data, cursor, etag }) =>
      outbox.send(
        encode({
          type: "response",
          id,
          status,
          data,
          ...(cursor === undefined ? {} : { cursor }),
          ...(etag === undefined ? {} : { etag }),
        }),
      ),
    error: (id, error) =>
      outbox.send(encode({ type: "error", ...(id === null ? {} : { id }), ...error.toProblem() })),
    pong: (cursor) => outbox.send(encode({ type: "pong", cursor })),
    feed: (live) => outbox.send(encode({ type: "feed", live })),
  });
}

function encode(frame: Down): string {
  return JSON.stringify(frame);
}

function changesFrame({ group, cursor, enter, update, leave, before: _, ...facts }: GroupChanges): Changes {
  return {
    type: "changes",
    group,
    cursor,
    ...(enter.length === 0 ? {} : { enter }),
    ...(update.length === 0 ? {} : { update }),
    ...(leave.length === 0 ? {} : { leave }),
    ...facts,
  };
}

function subscribedText({ rows, ...rest }: Opened, rowsText: (rows: readonly WireRow[]) => string): string {
  const frame = encode({ type: "subscribed", ...rest, resumed: rows === null });
  return rows === null ? frame : `${frame.slice(0, -1)},"rows":${rowsText(rows)}}`;
}

/** The text of the value asked for last. */
function lastOf(make: (value: Commit["cursor"]) => string): (value: Commit["cursor"]) => string {
  let last = { value: "", text: "" };
  return (value) => {
    if (last.value !== value || last.text === "") last = { value, text: make(value) };
    return last.text;
  };
}
