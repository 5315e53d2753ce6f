import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { WireRow } from "../../../core/json.ts";
import type { Limits } from "../../limits.ts";
import { failureOf } from "../../live/failure-of.ts";
import { getOrMake } from "../../live/get-or-make.ts";
import type { Session } from "../../live/session.ts";
import type { Voice } from "../../live/voice.ts";
import { isDetached } from "../../operation/run-action.ts";
import type { Dialogue, DialogueEnd } from "../dialect.ts";
import { DcrfVoice } from "./dcrf-voice.ts";
import type { Departed } from "./departed.ts";
import type { Address, Frame } from "./frame.ts";
import { Lane } from "./lane.ts";
import { Listeners } from "./listener.ts";
import { type Owed, Owing } from "./owed.ts";
import { PageStream } from "./page-stream.ts";
import { addressOf, readFrame } from "./read-frame.ts";
import { findKey } from "./read-key.ts";
import { readSubscription } from "./read-subscription.ts";
import { readWish } from "./read-wish.ts";
import { Refusal } from "./refusal.ts";
import type { Stream } from "./stream.ts";

/** What all connections share. */
export interface DcrfParts {
  readonly streams: ReadonlyMap<string, Stream>;
  readonly limits: Limits;
  readonly departed: Departed;
  /** The bytes of a row as JSON. */
  readonly measure: (row: WireRow) => number;
}

/** A frame that is being handled. */
interface Turn {
  readonly session: Session;
  readonly voice: Voice;
  readonly stream: Stream;
  readonly frame: Frame;
  /** The session's id of what is asked. */
  readonly id: string;
  /** Lets the next frame of the stream be handled. */
  readonly ended: () => void;
}

/** A request_id shorter than this may be another client's as well. */
const shortestUnique = 16;

const acknowledged = { status: 204, data: null } as const;

/** The dialect on one connection. */
export class DcrfDialogue implements Dialogue {
  readonly voice: DcrfVoice;
  readonly #parts: DcrfParts;
  readonly #end: DialogueEnd;
  readonly #owing = new Owing();
  readonly #listeners = new Listeners();
  readonly #lanes = new Map<Stream, Lane>();
  #session: Session | null = null;

  constructor(parts: DcrfParts, end: DialogueEnd) {
    this.#parts = parts;
    this.#end = end;
    this.voice = new DcrfVoice({
      end,
      owing: this.#owing,
      listeners: this.#listeners,
      laneOf: (stream) => this.#laneOf(stream),
      unsubscribe: (id) => this.#session?.unsubscribe(id),
    });
  }

  receive(session: Session, voice: Voice, text: string): void {
    this.#session = session;
    const frame = readFrame(text);
    if ("message" in frame) {
      return this.#refuse(voice, frame.address, new Refusal(frame.status, [frame.message]));
    }
    const stream = this.#parts.streams.get(frame.stream);
    if (stream === undefined) {
      const sentence = `There is no stream "${frame.stream.slice(0, 100)}".`;
      return this.#refuse(voice, frame, new Refusal(404, [sentence]));
    }
    const id = this.#owing.nextId();
    const taken = this.#laneOf(stream).push((ended) =>
      this.#handle({ session, voice, stream, frame, id, ended }),
    );
    if (!taken) this.#refuse(voice, frame, new LivesetError("throttled"));
  }

  refuse(voice: Voice, text: string, error: LivesetError): void {
    this.#refuse(voice, addressOf(text), error);
  }

  ended(): void {
    const { cursor } = this.voice;
    for (const lane of this.#lanes.values()) lane.clear();
    this.#owing.cancelPages(null);
    if (cursor === null) return;
    for (const { lasting, following } of this.#listeners.values()) {
      if (lasting === null || following === null) continue;
      this.#parts.departed.remember(lasting, { cursor, plan: following.plan });
    }
  }

  #laneOf(stream: Stream): Lane {
    const { limits, measure } = this.#parts;
    const bounds = { requests: limits.burst, changes: limits.waitingBytes, measure };
    return getOrMake(
      this.#lanes,
      stream,
      () => new Lane(bounds, (changes) => this.voice.tell(stream, changes)),
    );
  }

  #refuse(voice: Voice, address: Address, error: LivesetError): void {
    const id = this.#owing.nextId();
    this.#owe({ address, id, stream: null, ended: () => {} });
    voice.error(id, error);
  }

  #owe({
    address,
    id,
    stream,
    ended,
    ...more
  }: Pick<Owed, "address" | "stream" | "ended"> & { readonly id: string } & Partial<Owed>): void {
    const rest = { shows: "data", page: null, pages: null, silent: false, replied: false, ...more } as const;
    this.#owing.owe(id, { address, stream, ended, ...rest });
  }

  #handle(turn: Turn): void {
    const { session, voice, stream, frame, id, ended } = turn;
    const { stream: name, action, requestId } = frame;
    this.#owe({ address: { stream: name, action, requestId }, id, stream, ended });
    try {
      const ending = stream.endings.get(action);
      if (action === "list_cancel") this.#cancelLists(turn);
      else if (action === "subscribe_instance" || stream.observers.has(action)) this.#subscribe(turn);
      else if (action === "unsubscribe_instance") this.#unsubscribe(turn, "subscribe_instance");
      else if (ending !== undefined) this.#unsubscribe(turn, ending);
      else this.#request(turn);
    } catch (thrown) {
      voice.error(id, failureOf(session.parts.runtime, thrown, { stream: stream.name, action }));
    }
  }

  #cancelLists({ voice, stream, id }: Turn): void {
    this.#owing.cancelPages(stream);
    voice.response(id, { status: 200, data: null });
  }

  #subscribe({ session, voice, stream, frame, id }: Turn): void {
    const { action, requestId } = frame;
    const asked = readSubscription(stream, frame, stream.observers.get(action) ?? null);
    const { name, pk } = asked;
    if (this.#listeners.named(name) !== undefined) {
      return voice.response(id, { status: 201, data: null });
    }
    const isUnique = typeof requestId === "string" && requestId.length >= shortestUnique;
    const principal = session.parts.runtime.principalId(session.caller().user);
    const lasting = isUnique ? JSON.stringify([principal, name]) : null;
    const leftOff = lasting === null ? null : this.#parts.departed.take(lasting);
    this.#listeners.add({ id, stream, action, requestId, pk, name, lasting, leftOff, following: null });
    session.subscribe(id, asked.ask(leftOff));
  }

  /** Answered alike whether or not there was such a subscription: what is asked for holds. */
  #unsubscribe({ session, voice, stream, frame, id }: Turn, begun: string): void {
    const pk = begun === "subscribe_instance" ? findKey(frame.payload, stream) : null;
    for (const listener of this.#listeners.endedBy(stream, begun, frame.requestId, pk)) {
      this.#listeners.remove(listener);
      session.unsubscribe(listener.id);
    }
    voice.response(id, acknowledged);
  }

  #request({ session, voice, stream, frame, id, ended }: Turn): void {
    const { action } = frame;
    const { wish, page } = readWish(stream, frame, this.#parts.limits.pageSize);
    const isStreamed = page !== null && stream.pagination === "streamed";
    const pages = isStreamed
      ? new PageStream(page, this.#end.drained, (listed) =>
          voice.partial?.(id, { status: 200, data: { ...listed } }),
        )
      : null;
    const { address } = this.#owing.get(id) ?? { address: frame };
    const silent = stream.resource.options.actions?.[action]?.silent ?? false;
    this.#owe({ address, id, stream, ended, shows: showsOf(stream, action), page, pages, silent });
    session.request(id, wish);
    if (isStreamed || isDetached(stream.resource, action)) ended();
  }
}

function showsOf({ pagination }: Stream, action: string): Owed["shows"] {
  switch (action) {
    case "list":
      return pagination === "none" ? "rows" : pagination === "streamed" ? "pages" : "page";
    case "retrieve":
    case "create":
    case "update":
    case "patch":
      return "row";
    default:
      return "data";
  }
}
