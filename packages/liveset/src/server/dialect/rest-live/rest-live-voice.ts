import type { Cursor } from "../../../core/change/cursor.ts";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../../core/json.ts";
import type { KeyText } from "../../../core/key/key.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import type { Opened, Voice } from "../../live/voice.ts";
import type { DialogueEnd } from "../dialect.ts";
import { keyValue } from "../key-value.ts";
import { describeError } from "./describe-error.ts";
import { FrameError } from "./frame-error.ts";
import type { BroadcastAction } from "./frames.ts";
import type { Listener, Listeners } from "./listener.ts";

/** What all connections share. */
export interface RestLiveParts {
  /** By the label of its model. */
  readonly resources: ReadonlyMap<string, CompiledResource>;
  /** The JSON of a row, made once however many are sent it. */
  readonly rowText: (row: WireRow) => string;
}

/**
 * Writes what django-rest-live (0.7.0) writes: a `broadcast` for each row and subscription, an `error`, and nothing else, unless a
 * subscription asked for more. A list that cannot be continued ends the connection: these clients connect again,
 * subscribe again and fetch again.
 */
export class RestLiveVoice implements Voice {
  readonly #parts: RestLiveParts;
  readonly #end: DialogueEnd;
  readonly #listeners: Listeners;

  constructor(parts: RestLiveParts, end: DialogueEnd, listeners: Listeners) {
    this.#parts = parts;
    this.#end = end;
    this.#listeners = listeners;
  }

  welcome(): void {}

  subscribed({ id, group, cursor, plan, rows }: Opened): void {
    const listener = this.#listeners.get(id);
    if (listener === undefined) return;
    const { frame } = listener;
    if (frame.action === "retrieve" && rows !== null && rows.length === 0) {
      this.error(id, new LivesetError("not_found"));
      return listener.end();
    }
    listener.group = group;
    if (!frame.snapshot) return;
    const head = { id: frame.id, model: frame.model, cursor, plan };
    if (rows === null) this.#end.outbox.send(JSON.stringify({ type: "resumed", ...head }));
    else this.#end.outbox.send(JSON.stringify({ type: "snapshot", ...head, instances: rows }));
  }

  changes({ group, enter, update, leave, before }: GroupChanges): void {
    const listeners = this.#listeners.of(group);
    const [first] = listeners;
    if (first === undefined) return;
    const resource = this.#parts.resources.get(first.frame.model);
    for (const key of leave) {
      this.#broadcast(
        listeners,
        "DELETED",
        JSON.stringify({ ...before?.get(key), ...deleted(key, resource?.info) }),
      );
    }
    for (const row of enter) this.#broadcast(listeners, "CREATED", this.#parts.rowText(row));
    for (const row of update) this.#broadcast(listeners, "UPDATED", this.#parts.rowText(row));
  }

  commit(cursor: Cursor): void {
    if (this.#listeners.wantPositions) this.#end.outbox.send(JSON.stringify({ type: "commit", cursor }));
  }

  reset(): void {
    this.#end.close("list_ended");
  }

  response(): void {}

  error(id: string | null, error: LivesetError): void {
    const listener = id === null ? undefined : this.#listeners.get(id);
    if (listener !== undefined) this.#listeners.remove(listener);
    const fault = error instanceof FrameError ? error.fault : describeError(error, listener?.frame ?? null);
    const { code, message } = fault;
    this.#end.outbox.send(JSON.stringify({ type: "error", id: fault.id, code, message }));
  }

  pong(): void {}

  feed(): void {}

  #broadcast(listeners: readonly Listener[], action: BroadcastAction, instance: string): void {
    for (const { frame } of listeners) {
      const head = JSON.stringify({ type: "broadcast", id: frame.id, model: frame.model, action });
      this.#end.outbox.send(`${head.slice(0, -1)},"instance":${instance}}`);
    }
  }
}

/** The key under the two names that clients look for. */
function deleted(key: KeyText, info: CompiledResource["info"] | undefined): Record<string, Json> {
  const value = info === undefined ? key : keyValue(key, info);
  return { pk: value, id: value };
}
