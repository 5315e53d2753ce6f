import type { WireRow } from "../../core/json.ts";
import type { KeyText } from "../../core/key/key.ts";
import type { Rows } from "../rows.ts";
import type { ChildList } from "./child-list.ts";
import type { LazyDefinition } from "./lazy-definition.ts";
import type { LazyEntry } from "./lazy-entries.ts";
import type { LazyParts } from "./lazy-parts.ts";
import { withId } from "./links.ts";
import type { RowLoads } from "./row-loads.ts";
import { runOutcome } from "./run-outcome.ts";

/** How long a temporary id still means the row that has taken its place, in ms: nobody who holds it sees a hole. */
const aliasTime = 1_000;

/** Whose new rows they are. */
export interface DraftsOwner<Row extends object> {
  readonly name: string;
  readonly rows: Rows;
  readonly definition: () => LazyDefinition<Row>;
  readonly signal: () => AbortSignal;
  readonly loads: RowLoads<Row>;
  update(id: string, patch: Partial<Row>): Promise<Row>;
  inTurn<T>(entry: LazyEntry, message: string, work: () => Promise<T>): Promise<T>;
}

interface Draft<Row extends object> {
  readonly list: ChildList<Row>;
  /** Under way, once it is sent. */
  saving: Promise<Row> | null;
}

interface Edits {
  changes: Record<string, unknown>;
  takeBack: () => void;
}

/** Rows that are new, under temporary ids, and fields that were assigned to in this tick. */
export class Drafts<Row extends object> {
  readonly #owner: DraftsOwner<Row>;
  readonly #parts: LazyParts;
  readonly #drafts = new Map<string, Draft<Row>>();
  readonly #aliases = new Map<string, string>();
  readonly #timers = new Set<() => void>();
  readonly #edits = new Map<string, Edits>();

  constructor(owner: DraftsOwner<Row>, parts: LazyParts) {
    this.#owner = owner;
    this.#parts = parts;
  }

  has(id: string): boolean {
    return this.#drafts.has(id);
  }

  /** The id that has taken the place of a temporary one, or the id itself. */
  idOf(id: string): string {
    return this.#aliases.get(id) ?? id;
  }

  add(row: Row, list: ChildList<Row>): string {
    const id = this.#owner.loads.idOf(row);
    if (this.#drafts.has(id) || this.#owner.rows.get(id) !== undefined) {
      throw new TypeError(`There is a row "${id}" already: a new row needs an id of its own.`);
    }
    this.#owner.rows.put([{ ...row } as object as WireRow]);
    Object.assign(this.#owner.loads.entry(id), { status: "ready", isEditing: true });
    this.#drafts.set(id, { list, saving: null });
    list.append(id);
    return id;
  }

  drop(id: string): void {
    const draft = this.#drafts.get(id);
    if (draft === undefined || draft.saving !== null) return;
    this.#drafts.delete(id);
    this.#edits.get(id)?.takeBack();
    this.#edits.delete(id);
    draft.list.withdraw(id);
    this.#owner.loads.forget(id);
    this.#owner.rows.remove([id]);
  }

  /** One field is another value, to be sent with all others of this tick. */
  assign(id: string, field: string, value: unknown): void {
    const edits = this.#edits.get(id) ?? { changes: {}, takeBack: () => {} };
    const isFirst = !this.#edits.has(id);
    this.#edits.set(id, edits);
    edits.changes[field] = value;
    this.#parts.turn.run(() => {
      edits.takeBack();
      edits.takeBack = this.#parts.show([
        {
          mutation: "",
          resource: this.#owner.rows.resource,
          action: "patch",
          key: id as KeyText,
          data: { ...edits.changes } as WireRow,
        },
      ]);
    });
    if (isFirst) this.#after(0, () => this.#flush(id));
  }

  /** Sends a new row as it is now. */
  save(id: string, changes: object = {}): Promise<Row> {
    const draft = this.#drafts.get(id);
    const row = this.#owner.rows.get(id);
    if (draft === undefined || row === undefined)
      return Promise.reject(new TypeError(`"${id}" is no new row.`));
    if (draft.saving !== null) return draft.saving;
    const data = Object.freeze({ ...row, ...changes }) as Row;
    const mutation = this.#parts.newMutation();
    const operation = {
      mutation,
      resource: this.#owner.rows.resource,
      action: "create" as const,
      key: id as KeyText,
      data: data as unknown as WireRow,
      isTemporary: true,
    };
    let saving: Promise<Row> = Promise.reject(new TypeError("The turn did not run."));
    saving.catch(() => {});
    this.#parts.turn.join(() => {
      // From here on it is shown by the write, and with it taken back.
      this.#owner.rows.remove([id]);
      saving = this.#parts.write(
        mutation,
        [operation],
        () =>
          this.#owner.inTurn(this.#owner.loads.entry(id), "Error adding row, taking it back", () =>
            this.#send(draft, data, mutation),
          ),
        (saved) => this.#exchange(id, draft, saved),
      );
      // Reported by `inTurn`; those who have the promise hear of it as well.
      saving.catch(() => {});
      draft.saving = saving;
    });
    return saving;
  }

  clear(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const { takeBack } of this.#edits.values()) takeBack();
    this.#edits.clear();
    this.#drafts.clear();
    this.#aliases.clear();
  }

  #after(delay: number, work: () => void): void {
    const cancel = this.#parts.clock.after(delay, () => {
      this.#timers.delete(cancel);
      work();
    });
    this.#timers.add(cancel);
  }

  async #send(draft: Draft<Row>, data: Row, mutation: string): Promise<Row> {
    const { effects } = this.#owner.definition();
    const signal = this.#owner.signal();
    const context = { signal, mutation, parentId: draft.list.place.parentId };
    const answer = await runOutcome(() => {
      if (effects.add === undefined) throw new TypeError(`${this.#owner.name} has no effect add.`);
      return effects.add(data, context);
    }, signal);
    const saved =
      (Array.isArray(answer) ? (answer as readonly Row[])[0] : (answer as Row | undefined)) ?? undefined;
    if (saved === undefined) throw new TypeError(`add of ${this.#owner.name} gave no row.`);
    return saved;
  }

  /** The row is there: its id takes the place of the temporary one in its parent's list. */
  #exchange(temporary: string, { list }: Draft<Row>, saved: Row): void {
    const id = this.#owner.loads.idOf(saved);
    this.#owner.loads.arrive([saved]);
    const { parent, parentId, field } = list.place;
    const row = parent.rows.confirmed(parentId) as WireRow | undefined;
    if (row !== undefined) {
      parent.rows.put([withId(row, field, id)]);
      list.linked(id);
    }
    list.withdraw(temporary);
    this.#drafts.delete(temporary);
    this.#owner.loads.forget(temporary);
    if (id === temporary) return;
    this.#aliases.set(temporary, id);
    this.#after(aliasTime, () => this.#aliases.delete(temporary));
  }

  #flush(id: string): void {
    const edits = this.#edits.get(id);
    if (edits === undefined) return;
    this.#edits.delete(id);
    const patch = edits.changes as Partial<Row>;
    const draft = this.#drafts.get(id);
    if (draft?.saving != null) {
      // Shown until the row is there, and written then.
      const later = (): void => {
        edits.takeBack();
        if (!this.#owner.signal().aborted) this.#owner.update(this.idOf(id), patch).catch(() => {});
      };
      draft.saving.then(later, () => edits.takeBack());
      return;
    }
    this.#parts.turn.run(() => {
      edits.takeBack();
      const sent = draft === undefined ? this.#owner.update(id, patch) : this.save(id, patch);
      sent.catch(() => {});
    });
  }
}
