import type { Cursor } from "../../core/change/cursor.ts";
import { getOrMake } from "./get-or-make.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { LiveParts } from "./live-parts.ts";
import { asksRows, type LiveQuery } from "./live-query.ts";
import { Move } from "./move.ts";
import type { Net } from "./net.ts";
import type { Moved, PacedVoice } from "./paced-voice.ts";
import { planOf } from "./plan.ts";
import type { Audience } from "./subscriber.ts";
import type { Subscription } from "./subscription.ts";

/** Whose lists are bound anew. */
export interface RebindingOwner {
  readonly parts: LiveParts;
  readonly audience: Audience;
  readonly voice: PacedVoice;
  /** Those that there are at this moment. */
  subscriptions(): readonly Subscription[];
}

/** A subscription that is open, what it follows, and what it would follow now. */
interface Outdated {
  readonly subscription: Subscription;
  readonly followed: Group;
  /** Null where it may follow nothing, or cannot. */
  readonly query: LiveQuery | null;
  /** Why. */
  readonly thrown?: unknown;
}

/** Subscriptions of one group that move to one other. */
interface Moving {
  readonly move: Move;
  readonly outdated: readonly Outdated[];
}

/**
 * The time in which a session's rights are others, and nothing is sent, because what they are is being found out.
 *
 *   begin ─► hold the voice, keep what happens to each group ─► the principal is known ─► bind all that is open
 *     ─┬─ the same group ─────────────────────────────► goes on
 *      ├─ another one, and the client has all before ─► both groups' rows ─► the difference (P1, P5)
 *      └─ else ───────────────────────────────────────► reset, opened anew
 *
 * Differences are told in one turn, and before anything is opened: `subscribed` states a position, behind which nothing that
 * was held back can be told.
 */
export class Rebinding {
  readonly #owner: RebindingOwner;
  readonly #release: () => void;
  /** Where the client stands. */
  readonly #cursor: Cursor;
  /** What happens to the groups that were followed at the beginning. Empty where something waits for the client, so that it stands elsewhere. */
  readonly #missed = new Map<Group, Net>();
  #moving: readonly Moving[] = [];
  #ended = false;

  constructor(owner: RebindingOwner) {
    this.#owner = owner;
    this.#cursor = owner.parts.position.cursor;
    const { isClear } = owner.voice;
    this.#release = owner.voice.hold();
    if (!isClear || !owner.voice.canMove) return;
    for (const { group } of owner.subscriptions())
      if (group !== null) getOrMake(this.#missed, group, () => group.collect());
  }

  /** The principal is known: all that it follows is bound for it. Lists that are others for it are changed into these, or sent anew. */
  async changed(reason: "auth" | "scope"): Promise<void> {
    const all = this.#owner.subscriptions();
    const closed = new Set(all.filter(({ group }) => group === null));
    // Bound for the principal before.
    for (const subscription of closed) subscription.end();
    const outdated = await this.#outdated(all);
    this.#moving = await this.#movesOf(outdated);
    await Promise.all(this.#moving.map(({ move }) => move.read()));
    this.#move(this.#moving, reason);
    this.#endMoves();
    this.#reset(outdated, reason);
    for (const subscription of this.#owner.subscriptions()) if (closed.has(subscription)) subscription.open();
  }

  /** The group is not followed any more: what happens to it is not kept either (P8). */
  left(group: Group): void {
    const net = this.#missed.get(group);
    if (net !== undefined) group.release(net);
    this.#missed.delete(group);
  }

  /** What was held back is sent. Also for a session that ends meanwhile: nothing is held any more. */
  end(): void {
    this.#ended = true;
    this.#endMoves();
    for (const [group, net] of this.#missed) group.release(net);
    this.#missed.clear();
    this.#release();
  }

  #endMoves(): void {
    for (const { move } of this.#moving) move.end();
    this.#moving = [];
  }

  async #outdated(all: readonly Subscription[]): Promise<readonly Outdated[]> {
    const bound = await Promise.all(
      all.map(async (subscription) => {
        const followed = subscription.group;
        if (followed === null) return [];
        try {
          const query = await subscription.bind();
          return query.text === followed.text ? [] : [{ subscription, followed, query }];
        } catch (thrown) {
          return [{ subscription, followed, query: null, thrown }];
        }
      }),
    );
    return bound.flat();
  }

  async #movesOf(outdated: readonly Outdated[]): Promise<readonly Moving[]> {
    const { voice, parts, audience } = this.#owner;
    if (!voice.canMove) return [];
    const possible = togetherBy(outdated, ({ followed }) => followed).flatMap((together) => {
      const missed = this.#missed.get(together[0].followed);
      const query = this.#queryFor(together);
      return missed === undefined || query === null ? [] : [{ together, missed, query }];
    });
    // Two lists that become one need two differences, and the frame of one group is for both.
    const alone = togetherBy(possible, ({ query }) => query.text).flatMap((same) =>
      same.length === 1 ? same : [],
    );
    const plans = await Promise.all(
      alone.map(async ({ query: { text } }) => parts.groups.find(text)?.plan ?? (await planOf(text))),
    );
    if (this.#ended) return [];
    return alone.map(({ together, missed, query }, index) => ({
      move: new Move(
        parts,
        audience,
        { group: together[0].followed, missed },
        { query, plan: plans[index] ?? "" },
      ),
      outdated: together,
    }));
  }

  /** The query that all subscriptions of a group have now; null where they cannot be moved together. */
  #queryFor(together: Together<Outdated>): LiveQuery | null {
    const [{ query, followed: group }] = together;
    // Of one row with a permission nobody remembers whether it was shown.
    if (query === null || (group.judged === null && query.may !== null)) return null;
    const isSame = together.every(
      ({ subscription, query: its }) => its?.text === query.text && subscription.hasRows,
    );
    const all = this.#owner.subscriptions().filter((subscription) => subscription.group === group);
    // What is asked stays, and with it the order; what is shown may depend on the caller.
    const { projection, nested } = query.bound;
    // What a permission says of nested rows now, the rows in which they are do not tell.
    const looksAlike = projection.text === group.projection.text && !nested.some(asksRows);
    return isSame && looksAlike && all.length === together.length ? query : null;
  }

  #move(moving: readonly Moving[], reason: string): void {
    const { voice, parts } = this.#owner;
    const ready = moving.filter((each) => this.#isReady(each));
    if (ready.length === 0 || !voice.canMove) return;
    const { cursor } = parts.position;
    const moved: Moved[] = [];
    const differences: GroupChanges[] = [];
    for (const { move, outdated } of ready) {
      const difference = move.difference(cursor);
      if (difference !== null) differences.push(difference);
      const from = { group: move.from.group.number, reason };
      for (const { subscription, query } of outdated) {
        const opened = subscription.move(move.group, query ?? move.query, this.#cursor);
        moved.push({ opened, from });
      }
    }
    voice.move(moved, differences, cursor);
  }

  /** Much may have happened meanwhile: lists are lost, fail, are begun anew. */
  #isReady({ move, outdated }: Moving): boolean {
    const isInPlace = outdated.every(({ subscription }) => subscription.group === move.from.group);
    const isTaken = this.#owner.subscriptions().some(({ group }) => group === move.group);
    return move.isReady && isInPlace && !isTaken;
  }

  #reset(outdated: readonly Outdated[], reason: string): void {
    for (const { subscription, followed, query, thrown } of outdated)
      if (query === null && subscription.group === followed) subscription.refuse(thrown);
    const groups = new Set(outdated.map(({ followed }) => followed));
    for (const group of groups) {
      const affected = this.#owner.subscriptions().filter((subscription) => subscription.group === group);
      if (affected.length > 0) this.#owner.voice.reset(group.number, reason);
      for (const subscription of affected) subscription.open();
    }
  }
}

type Together<T> = readonly [T, ...T[]];

/** Puts together what has the same of something. */
function togetherBy<T>(all: readonly T[], of: (each: T) => unknown): readonly Together<T>[] {
  const found = new Map<unknown, [T, ...T[]]>();
  for (const each of all) {
    const together = found.get(of(each));
    if (together === undefined) found.set(of(each), [each]);
    else together.push(each);
  }
  return [...found.values()];
}
