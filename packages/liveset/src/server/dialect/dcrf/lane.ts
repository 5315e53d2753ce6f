import type { Cursor } from "../../../core/change/cursor.ts";
import type { WireRow } from "../../../core/json.ts";
import { getOrMake } from "../../live/get-or-make.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import { Inbox } from "../../live/inbox.ts";
import { Net } from "../../live/net.ts";

/** How much may wait in a lane. */
export interface LaneBounds {
  readonly requests: number;
  /** Of changes, in bytes. */
  readonly changes: number;
  readonly measure: (row: WireRow) => number;
}

/**
 * What happens on one stream of a connection: its requests one after the other, and while one is under way no event, so that a
 * reply stands before what it caused, and an acknowledgement before the first event. Events that wait are one for each row.
 */
export class Lane {
  readonly #bounds: LaneBounds;
  readonly #tell: (changes: GroupChanges) => void;
  readonly #requests: Inbox;
  readonly #held = new Map<number, Net>();
  #busy = false;
  #cursor: Cursor | null = null;

  /** @param tell sends a group's changes as events */
  constructor(bounds: LaneBounds, tell: (changes: GroupChanges) => void) {
    this.#bounds = bounds;
    this.#tell = tell;
    this.#requests = new Inbox(bounds.requests);
  }

  /**
   * Runs a request in its turn; false where too many wait already.
   *
   * @param task is given what it has to call when its answer was sent; at once where others need not wait for it
   */
  push(task: (ended: () => void) => void): boolean {
    return this.#requests.push(() => {
      const release = this.#requests.hold();
      this.#busy = true;
      let over = false;
      task(() => {
        if (over) return;
        over = true;
        this.#busy = false;
        this.#flush();
        release();
      });
    });
  }

  /** Changes of a group that is followed on this stream; `keys` are the names of the key's columns. */
  changes(changes: GroupChanges, keys: readonly string[]): void {
    if (!this.#busy) return this.#tell(changes);
    getOrMake(this.#held, changes.group, () => new Net(keys, this.#bounds.measure)).add(changes);
    this.#cursor = changes.cursor;
    let bytes = 0;
    for (const net of this.#held.values()) bytes += net.bytes;
    // What cannot wait is said, although its reply comes later.
    if (bytes > this.#bounds.changes) this.#flush();
  }

  /** Nothing more is done or said. */
  clear(): void {
    this.#requests.clear();
    this.#held.clear();
  }

  #flush(): void {
    const cursor = this.#cursor;
    if (cursor === null) return;
    const held = [...this.#held];
    this.#held.clear();
    this.#cursor = null;
    for (const [group, net] of held) {
      const changes = net.total(group, cursor);
      if (changes !== null) this.#tell(changes);
    }
  }
}
