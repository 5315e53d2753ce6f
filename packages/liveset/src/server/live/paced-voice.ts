import type { Cursor } from "../../core/change/cursor.ts";
import type { Clock } from "../../core/clock.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { Limits } from "../limits.ts";
import type { OperationResult } from "../operation/call.ts";
import type { Socket } from "../socket.ts";
import { Backlog, type Waiting } from "./backlog.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { Outbox } from "./outbox.ts";
import type { Opened, Voice } from "./voice.ts";

/** What a paced voice is made of. */
export interface PaceParts {
  readonly socket: Pick<Socket, "bufferedAmount" | "drained">;
  readonly outbox: Outbox;
  /** Speaks the dialect, into the outbox. */
  readonly voice: Voice;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly measure: (row: WireRow) => number;
  /** Whether the dialect's clients can be told that a list has become another one. */
  readonly movesLists: boolean;
  /** See `Dialect`. */
  readonly answersFirst: boolean;
  /** Names of the key's columns of an open group. */
  keysOf(group: number): readonly string[];
  /** Too much waits: the group's subscriptions end until `caughtUp`, and the client is told. */
  lose(group: number): void;
  /** Nothing waits any more. */
  caughtUp(): void;
  /** More waits than may. */
  overflow(): void;
}

/** A list that becomes another one without its rows being sent anew. */
export interface Moved {
  /** Said at the position at which everything is held back; the difference follows. */
  readonly opened: Opened;
  /** The list that it was, and why it is not that any more: told in place of `opened` where too much waits for the difference to be kept. */
  readonly from: { readonly group: number; readonly reason: string };
}

/** With so many bytes in the socket's buffer, further frames wait here, where they can still be joined. */
const mark = 64 * 1024;
/** How often the buffer of a socket is looked at that does not tell when it is empty, in ms. */
const interval = 50;

/**
 * A voice that speaks no faster than its client reads (P8). While the socket's buffer is short everything goes straight
 * through. Otherwise it waits, each row's changes joined to one:
 *
 *   changes ─► buffer short, nothing waits ─► socket
 *        └───► else ─► backlog ─┬─ the socket has drained ─► socket, run by run
 *                               ├─ > waitingBytes ─► its largest list is reset, and read anew when nothing waits
 *                               └─ > bufferedBytes, the socket's included ─► 4408
 */
export class PacedVoice implements Voice {
  readonly #parts: PaceParts;
  readonly #mark: number;
  readonly #backlog: Backlog;
  /** Changes went straight through whose commit has not come: it must not be parted from them. */
  #inside = false;
  #stopWaiting: (() => void) | null = null;
  #holds = 0;

  constructor(parts: PaceParts) {
    const { limits, measure } = parts;
    this.#parts = parts;
    this.#mark = Math.min(mark, limits.waitingBytes, limits.bufferedBytes);
    this.#backlog = new Backlog(measure);
  }

  get waiting(): Waiting {
    return this.#backlog.waiting;
  }

  welcome(session: string, epoch: string, cursor: Cursor, heartbeat: number): void {
    this.#say((voice) => voice.welcome(session, epoch, cursor, heartbeat), null, true);
  }

  subscribed(opened: Opened): void {
    this.#say((voice) => voice.subscribed(opened), opened.group, true);
  }

  changes(changes: GroupChanges): void {
    if (this.#passes()) {
      this.#inside = true;
      this.#parts.voice.changes(changes);
      return;
    }
    this.#backlog.changes(changes, this.#parts.keysOf(changes.group));
    while (this.#backlog.changesBytes > this.#parts.limits.waitingBytes) {
      const group = this.#backlog.heaviest();
      if (group === null) break;
      this.discard(group);
      this.#parts.lose(group);
    }
    this.#wait();
  }

  commit(cursor: Cursor, mutations: readonly string[]): void {
    if (this.#passes()) {
      this.#inside = false;
      this.#parts.voice.commit(cursor, mutations);
    } else {
      this.#backlog.commit(cursor, mutations);
      this.#wait();
    }
  }

  reset(group: number, reason: string): void {
    const { voice, outbox } = this.#parts;
    if (this.#passes()) return voice.reset(group, reason);
    // Before the commits of changes that were dropped with the list (P1).
    const texts = outbox.capture(() => voice.reset(group, reason));
    this.#backlog.putFirst(texts.map((text) => ({ text, group: null })));
    this.#bound();
  }

  /** A subscription has failed. As with a reset, its rows are not to be shown at a commit that waits. */
  ended(id: string, error: LivesetError): void {
    const { voice, outbox } = this.#parts;
    if (this.#passes()) return voice.error(id, error);
    const texts = outbox.capture(() => voice.error(id, error));
    this.#backlog.putFirst(texts.map((text) => ({ text, group: null })));
    this.#bound();
  }

  response(id: string, result: OperationResult): void {
    this.#say((voice) => voice.response(id, result));
  }

  partial(id: string, result: OperationResult): void {
    this.#say((voice) => voice.partial?.(id, result));
  }

  error(id: string | null, error: LivesetError): void {
    this.#say((voice) => voice.error(id, error));
  }

  feed(live: boolean): void {
    this.#say((voice) => voice.feed(live));
  }

  pong(cursor: Cursor): void {
    if (this.#passes()) this.#parts.voice.pong(cursor);
    else {
      this.#backlog.pong(cursor);
      this.#wait();
    }
  }

  /** Sends nothing until the returned function is called; what is said meanwhile waits. Each hold counts. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds === 0 && this.#stopWaiting === null && !this.#backlog.isEmpty) this.#flush();
    };
  }

  /** Whether the client has been sent everything: a hold that begins now begins where the client stands. */
  get isClear(): boolean {
    return this.#holds === 0 && !this.#inside && this.#backlog.isEmpty;
  }

  /** Whether lists can be moved: in the only hold, that began when the voice was clear, and in which no frame stated a position since. */
  get canMove(): boolean {
    return this.#parts.movesLists && this.#holds === 1 && this.#backlog.isOneRun;
  }

  /**
   * Lists become others, in one commit with all that was held back (P1):
   *
   *   subscribed (resumed) at the hold's beginning ─► what was held back, and the differences ─► commit
   *
   * @param cursor where the differences lead to, and everything that was held back
   */
  move(moved: readonly Moved[], differences: readonly GroupChanges[], cursor: Cursor): void {
    const { voice, outbox, keysOf } = this.#parts;
    this.#backlog.putFirst(
      moved.map(({ opened, from }) => ({
        text: outbox.capture(() => voice.subscribed(opened)).join(""),
        group: opened.group,
        instead: outbox.capture(() => voice.reset(from.group, from.reason)).join(""),
      })),
    );
    for (const changes of differences) this.#backlog.changes(changes, keysOf(changes.group));
    this.#backlog.commit(cursor, []);
    this.#bound();
  }

  /** Nothing of the group is followed any more: what waits of it is not sent (P5). */
  discard(group: number): void {
    if (!this.#backlog.isEmpty) this.#backlog.drop(group);
  }

  /** Forgets what waits; nothing is sent any more. */
  shut(): void {
    this.#parts.outbox.shut();
    this.#backlog.clear();
    this.#stopWaiting?.();
    this.#stopWaiting = null;
  }

  #passes(): boolean {
    if (this.#holds > 0 || !this.#backlog.isEmpty) return false;
    return this.#inside || this.#parts.socket.bufferedAmount <= this.#mark;
  }

  #say(speak: (voice: Voice) => void, group: number | null = null, seals = false): void {
    const { voice, outbox } = this.#parts;
    if (this.#passes()) return speak(voice);
    for (const text of outbox.capture(() => speak(voice))) this.#backlog.text(text, group, seals);
    this.#bound();
  }

  #bound(): void {
    const { socket, limits } = this.#parts;
    if (socket.bufferedAmount + this.#backlog.bytes > limits.bufferedBytes) this.#parts.overflow();
    else this.#wait();
  }

  /** Something waits: goes on when the socket has drained. */
  #wait(told = true): void {
    if (this.#holds > 0 || this.#stopWaiting !== null || !this.#parts.outbox.isOpen) return;
    const drained = told ? (this.#parts.socket.drained?.() ?? null) : null;
    if (drained === null) {
      this.#stopWaiting = this.#parts.clock.after(interval, () => this.#drained());
      return;
    }
    this.#stopWaiting = () => {};
    void drained.then(() => this.#drained());
  }

  #drained(): void {
    if (this.#stopWaiting === null) return;
    this.#stopWaiting = null;
    if (this.#holds === 0) this.#flush();
  }

  #flush(): void {
    let sent = false;
    while (this.#parts.socket.bufferedAmount <= this.#mark && this.#sendRun()) sent = true;
    // A socket that says too early that it has drained must not keep the process busy.
    if (!this.#backlog.isEmpty) this.#wait(sent);
    else this.#parts.caughtUp();
  }

  #sendRun(): boolean {
    const { voice, outbox, answersFirst } = this.#parts;
    const run = this.#backlog.take();
    if (run === undefined) return false;
    if (answersFirst) for (const { text } of run.texts) outbox.send(text);
    if (run.cursor !== null) {
      for (const [group, net] of run.nets) {
        const changes = net.total(group, run.cursor);
        if (changes !== null) voice.changes(changes);
      }
      voice.commit(run.cursor, run.mutations);
    }
    if (!answersFirst) for (const { text } of run.texts) outbox.send(text);
    if (run.pong !== null) voice.pong(run.pong);
    return true;
  }
}
