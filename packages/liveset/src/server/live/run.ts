import type { Cursor } from "../../core/change/cursor.ts";
import type { Net } from "./net.ts";

/** A frame that waits; `group` is the one whose rows it carries, null where it carries none. */
export interface WaitingText {
  readonly text: string;
  readonly group: number | null;
  /** What is sent in its place where the group is given up before. */
  readonly instead?: string;
}

/**
 * A stretch of what waits for a slow reader. Its transactions are one: the net of each group, one commit, then the
 * other frames in their order, and a pong last. None of these overtakes a change that came before it; a change may overtake
 * them, except a frame that states a position: that one seals the run, and the next change begins another.
 */
export class Run {
  readonly nets: Map<number, Net> = new Map();
  texts: WaitingText[] = [];
  readonly mutations: string[] = [];
  /** Of the last commit, null where there was none. */
  cursor: Cursor | null = null;
  /** Of the pong that is owed, null where none is. Several are one. */
  pong: Cursor | null = null;
  sealed = false;

  /** Frames that it will be sent as, at most. */
  get frames(): number {
    return this.nets.size + this.texts.length + (this.cursor === null ? 0 : 1) + (this.pong === null ? 0 : 1);
  }

  get changesBytes(): number {
    let sum = 0;
    for (const { bytes } of this.nets.values()) sum += bytes;
    return sum;
  }

  get textBytes(): number {
    return this.texts.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Drops what shows a group's rows. */
  drop(group: number): void {
    this.nets.delete(group);
    this.texts = this.texts.flatMap((waiting) => {
      if (waiting.group !== group) return [waiting];
      return waiting.instead === undefined ? [] : [{ text: waiting.instead, group: null }];
    });
  }
}
