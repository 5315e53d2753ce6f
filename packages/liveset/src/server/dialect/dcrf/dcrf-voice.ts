import type { Cursor } from "../../../core/change/cursor.ts";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../../core/json.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import type { Opened, Voice } from "../../live/voice.ts";
import type { OperationResult } from "../../operation/call.ts";
import type { DialogueEnd } from "../dialect.ts";
import { keyValue } from "../key-value.ts";
import { describeError } from "./describe-error.ts";
import type { Address } from "./frame.ts";
import { type Content, frameText } from "./frame-text.ts";
import type { Lane } from "./lane.ts";
import type { Listener, Listeners } from "./listener.ts";
import type { Owed, Owing } from "./owed.ts";
import { type ListedPage, rowsOf } from "./page-stream.ts";
import type { Stream } from "./stream.ts";

/** What a connection's voice speaks of. */
export interface VoiceParts {
  readonly end: DialogueEnd;
  readonly owing: Owing;
  readonly listeners: Listeners;
  laneOf(stream: Stream): Lane;
  /** Ends a subscription in the session. */
  unsubscribe(id: string): void;
}

/** Writes what Django Channels REST Framework writes: one frame for each answer, and for each row and subscription an event. */
export class DcrfVoice implements Voice {
  readonly #parts: VoiceParts;
  /** Up to where the client was told everything; null before the first subscription. */
  cursor: Cursor | null = null;

  constructor(parts: VoiceParts) {
    this.#parts = parts;
  }

  welcome(): void {}

  subscribed({ id, group, cursor, plan, rows }: Opened): void {
    const { listeners, owing } = this.#parts;
    const listener = listeners.get(id);
    if (listener === undefined) return;
    this.cursor = cursor;
    const isGone = listener.pk !== null && rows?.length === 0;
    const again = listener.following !== null;
    const owed = owing.take(id);
    if (isGone) this.#over(listener);
    else listener.following = { group, plan };
    if (isGone && owed !== undefined) this.#fail(owed, new LivesetError("not_found"));
    else if (owed !== undefined) this.#content(owed.address, { status: 201, errors: [], data: "null" });
    // Subscribed a second time, its client may have missed something.
    if (rows !== null && (again || listener.leftOff !== null)) this.#heal(listener, rows);
    owed?.ended();
  }

  changes(changes: GroupChanges): void {
    const { listeners, laneOf } = this.#parts;
    const streams = new Set(listeners.of(changes.group).map(({ stream }) => stream));
    for (const stream of streams) laneOf(stream).changes(changes, stream.resource.info.key);
  }

  /** Sends a group's changes to those who follow it on a stream. */
  tell(stream: Stream, { group, enter, update, leave }: GroupChanges): void {
    for (const listener of this.#parts.listeners.of(group)) {
      if (listener.stream !== stream) continue;
      for (const key of leave) {
        this.#event(listener, "delete", JSON.stringify({ pk: keyValue(key, stream.resource.info) }));
      }
      for (const row of enter)
        this.#event(listener, listener.pk === null ? "create" : "update", rowText(listener, row));
      for (const row of update) this.#event(listener, "update", rowText(listener, row));
    }
  }

  commit(cursor: Cursor): void {
    if (this.cursor !== null) this.cursor = cursor;
  }

  reset(group: number): void {
    // A list that is not continued ends the connection: its client connects and subscribes again. Of one row the state comes anew.
    if (this.#parts.listeners.of(group).some(({ pk }) => pk === null)) this.#parts.end.close("list_ended");
  }

  response(id: string, result: OperationResult): void {
    const { owing } = this.#parts;
    const owed = owing.get(id);
    if (owed === undefined) return;
    if (owed.pages !== null) {
      void owed.pages.run(rowsOf(result.data)).finally(() => owing.take(id));
      return;
    }
    owing.take(id);
    const isSaid = owed.silent || (owed.replied && result.status === 204);
    if (!isSaid) this.#answer(owed, result);
    owed.ended();
  }

  partial(id: string, result: OperationResult): void {
    const owed = this.#parts.owing.get(id);
    if (owed === undefined) return;
    owed.replied = true;
    this.#answer(owed, result);
  }

  error(id: string | null, error: LivesetError): void {
    const { owing, listeners } = this.#parts;
    const listener = id === null ? undefined : listeners.get(id);
    if (listener !== undefined) listeners.remove(listener);
    const owed = id === null ? undefined : owing.take(id);
    if (owed !== undefined) {
      this.#fail(owed, error);
      return owed.ended();
    }
    const { stream = null, action = null, requestId = null } = listener ?? {};
    const said = describeError(error, stream, action);
    this.#content({ stream: stream?.name ?? null, action, requestId }, { ...said, data: "null" });
  }

  pong(): void {}

  feed(): void {}

  /** What a client may have missed of a row is its state now. Of a list, what is there now. */
  #heal(listener: Listener, rows: readonly WireRow[]): void {
    for (const row of rows) this.#event(listener, "update", rowText(listener, row));
    if (listener.pk !== null && rows.length === 0) this.#event(listener, "delete", pkText(listener.pk));
  }

  #over(listener: Listener): void {
    this.#parts.listeners.remove(listener);
    this.#parts.unsubscribe(listener.id);
  }

  #event({ stream, requestId, pk }: Listener, action: "create" | "update" | "delete", data: string): void {
    const isEnd = action === "delete" && pk !== null;
    this.#content(
      { stream: stream.name, action, requestId },
      { status: isEnd ? 204 : 200, errors: [], data: isEnd ? pkText(pk) : data },
    );
  }

  #answer(owed: Owed, { status, data }: OperationResult): void {
    this.#content(owed.address, { status, errors: [], data: dataText(owed, data) });
  }

  #fail({ address, stream }: Owed, error: LivesetError): void {
    this.#content(address, { ...describeError(error, stream, address.action), data: "null" });
  }

  #content(address: Address, content: Content): void {
    this.#parts.end.outbox.send(frameText(address, content));
  }
}

function pkText(pk: string | number): string {
  return JSON.stringify({ pk });
}

/** A row, its key of the JSON type that the client gave it. */
function rowText({ stream, pk }: Listener, row: WireRow): string {
  const { pkField } = stream;
  if (pk === null) return stream.text(row);
  const shown = stream.shown(row);
  return shown[pkField] === pk ? stream.text(row) : JSON.stringify({ ...shown, [pkField]: pk });
}

function dataText({ shows, stream, page }: Owed, data: Json): string {
  if (stream === null || data === null) return JSON.stringify(data);
  switch (shows) {
    case "row":
      return stream.text(data as WireRow);
    case "rows":
      return arrayText(stream, rowsOf(data));
    case "page": {
      const { count } = data as { readonly count: number };
      return pageText(stream, {
        count,
        results: rowsOf(data),
        limit: page?.limit ?? 0,
        offset: page?.offset ?? 0,
      });
    }
    case "pages":
      return pageText(stream, data as unknown as ListedPage);
    case "data":
      return JSON.stringify(data);
    default:
      return shows satisfies never;
  }
}

function pageText(stream: Stream, { count, results, limit, offset }: ListedPage): string {
  return `{"count":${count},"results":${arrayText(stream, results)},"limit":${limit},"offset":${offset}}`;
}

function arrayText(stream: Stream, rows: readonly WireRow[]): string {
  return `[${rows.map((row) => stream.text(row)).join(",")}]`;
}
