import type { Cursor } from "../../../core/change/cursor.ts";
import type { LivesetError } from "../../../core/error/liveset-error.ts";
import type { KeyText } from "../../../core/key/key.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import type { Opened, Voice } from "../../live/voice.ts";
import type { DialogueEnd } from "../dialect.ts";
import type { Followed } from "./followed.ts";
import { NoticeDraft } from "./notice-draft.ts";
import { digestOf, type NoticePosition, printPosition } from "./notice-position.ts";
import type { FeedState, NoticesForm } from "./notices-form.ts";
import type { Watching } from "./watched.ts";

/** So many rows are remembered while queries are being opened; more are a reset. */
const mostKept = 100_000;

/**
 * Writes a session's changes as notices. While one of its queries is not open yet, what happens to the others waits, so that one
 * position is true of all:
 *
 *   follow ─► opening ─► all are open ─► ready / resumed / reset ─► notices, transaction by transaction
 *                ▲                                                       │
 *                └────────── a list begins anew (reset) ◄────────────────┘
 */
export class NoticesVoice implements Voice {
  readonly #watching: Watching;
  readonly #end: DialogueEnd;
  readonly #form: NoticesForm;
  readonly #followed = new Map<string, Followed>();
  #draft = new NoticeDraft();
  #live = false;
  /** Whether the client has missed something that it is not going to be told. */
  #gap = false;
  /** The missed changes of a query follow its opening, up to the next commit. */
  #catchingUp = false;
  #signingIn = false;
  /** Where the client left off, until that has been dealt with. */
  #since: NoticePosition | null;
  #cursor = "";
  #digest = "";

  /** @param since where its client left off; null: it begins */
  constructor(watching: Watching, end: DialogueEnd, form: NoticesForm, since: NoticePosition | null) {
    this.#watching = watching;
    this.#end = end;
    this.#form = form;
    this.#since = since;
  }

  /** Whether a query is open or being opened. */
  follows(id: string): boolean {
    return this.#followed.has(id);
  }

  /** Waits for a query that is going to be opened. */
  expect(followed: Followed): void {
    this.#followed.set(followed.id, followed);
    // What was there before a query is added was told without it.
    if (this.#live) this.#interrupt();
  }

  /** The client has asked to be somebody else: it knows that it will see other rows. */
  signIn(): void {
    this.#signingIn = true;
  }

  /** All that is to be followed is known, and bound for the principal of this moment. */
  bound(): void {
    this.#signingIn = false;
    this.#goLive();
  }

  welcome(_session: string, _epoch: string, cursor: Cursor): void {
    if (this.#cursor === "") this.#cursor = cursor;
  }

  subscribed(opened: Opened): void {
    const followed = this.#followed.get(opened.id);
    if (followed === undefined) return;
    followed.open(opened);
    this.#cursor = opened.cursor;
    if (followed.watched !== null && followed.resumed) this.#catchingUp = true;
    this.#goLive();
  }

  changes(changes: GroupChanges): void {
    for (const followed of this.#followed.values()) {
      if (followed.group !== changes.group) continue;
      if (followed.watched === null) followed.change(changes);
      else this.#draft.add(followed.watched, changes, this.#watching.parentsOfDeleted);
    }
    if (this.#live || this.#draft.size <= mostKept) return;
    this.#gap = true;
    this.#draft = new NoticeDraft();
  }

  commit(cursor: Cursor): void {
    this.#cursor = cursor;
    this.#catchingUp = false;
    if (this.#live) this.#tell(this.#position());
    else this.#goLive();
  }

  reset(group: number, reason: string): void {
    for (const followed of this.#followed.values()) if (followed.group === group) followed.close();
    this.#interrupt();
    // A client that has just signed in knows that it sees other rows now; one that knows no positions would miss what it is not told.
    if (!this.#form.tellsPositions && reason !== "auth") this.#end.close("list_ended");
  }

  response(): void {}

  error(id: string | null, error: LivesetError): void {
    const followed = id === null ? undefined : this.#followed.get(id);
    if (followed === undefined) {
      this.#signingIn = false;
      return this.#form.error(error, null);
    }
    this.#followed.delete(followed.id);
    if (!isRefusal(error)) this.#form.error(error, followed.resource.name);
    if (followed.group === null) return this.#goLive();
    // It was spoken of, and would be passed over in silence from now on.
    if (isRefusal(error) && (this.#form.tellsPositions || this.#signingIn)) this.#interrupt();
    else this.#end.close("list_ended");
  }

  feed(): void {}

  pong(cursor: Cursor): void {
    if (!this.#live) return;
    this.#cursor = cursor;
    this.#form.beat(this.#position());
  }

  #interrupt(): void {
    this.#live = false;
    this.#gap = true;
    this.#draft = new NoticeDraft();
  }

  #goLive(): void {
    const all = [...this.#followed.values()];
    if (this.#live || this.#catchingUp || all.some(({ group }) => group === null)) return;
    const told = all.filter(({ watched }) => watched !== null);
    this.#digest = digestOf(told.map(({ resource, plan }) => [resource.name, plan]));
    const since = this.#since;
    this.#since = null;
    const isSame = since?.digest === this.#digest && told.every(({ resumed }) => resumed);
    const state: FeedState =
      this.#gap || (since !== null && !isSame) ? "reset" : since === null ? "ready" : "resumed";
    this.#live = true;
    this.#gap = false;
    // What a reset makes worthless is not told.
    if (state === "reset") this.#draft = new NoticeDraft();
    else this.#tell(null);
    this.#form.state(state, this.#position());
  }

  #tell(position: string | null): void {
    if (this.#draft.size === 0) return;
    const notices = this.#draft.notices((resource, key) => this.#isVisible(resource, key));
    this.#draft = new NoticeDraft();
    if (notices.length > 0) this.#form.notices(notices, position);
  }

  #isVisible(resource: string, key: KeyText): boolean {
    return this.#followed.get(keysId(resource))?.has(key) === true;
  }

  #position(): string {
    return printPosition({ cursor: this.#cursor, digest: this.#digest });
  }
}

/** The id of the query that tells which rows of a resource may be named as parents. */
export function keysId(resource: string): string {
  return `keys ${resource}`;
}

/** The id of the query whose changes are told. */
export function rowsId(resource: string): string {
  return `rows ${resource}`;
}

/** A resource that the client may not list is one that it does not hear of. */
function isRefusal({ code }: LivesetError): boolean {
  return code === "unauthenticated" || code === "forbidden";
}
