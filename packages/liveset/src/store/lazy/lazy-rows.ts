import type { WireRow } from "../../core/json.ts";
import { type Key, type KeyText, keyText } from "../../core/key/key.ts";
import type { PendingOperation, WriteAction } from "../overlay.ts";
import type { Rows } from "../rows.ts";
import type { Readable } from "../signal.ts";
import { ChildList, type ChildSource } from "./child-list.ts";
import { Drafts } from "./drafts.ts";
import { type EditableRow, editRow } from "./edit-row.ts";
import type { LazyDefinition } from "./lazy-definition.ts";
import type { LazyEntry } from "./lazy-entries.ts";
import type { LazyParts } from "./lazy-parts.ts";
import { withoutIds } from "./links.ts";
import { RowLoads } from "./row-loads.ts";
import type { RowState } from "./row-state.ts";
import { runOutcome } from "./run-outcome.ts";

/** Ids of places, not of rows. */
const placePrefix = /^index-/;

/**
 * The rows of a resource that are loaded when they are read: what is shown of a row that is not there is its default, and all
 * that is read in one tick is loaded by one call. Made by `Store.lazy`.
 *
 * @example
 * ```ts
 * import { createStore, type RowEffects } from "liveset/store";
 *
 * interface User {
 *   id: string;
 *   name: string;
 * }
 * declare const effects: RowEffects<User>;
 *
 * const users = createStore().lazy<User>("users", { effects, defaultRow: (id) => ({ id, name: "…" }) });
 * users.row("7").subscribe(() => console.log(users.read("7").name));
 * users.read("7").name; // "…", and loads it
 * ```
 */
export class LazyRows<Row extends object> implements ChildSource<Row> {
  readonly name: string;
  readonly feature: string;
  readonly rows: Rows;
  readonly #parts: LazyParts;
  readonly #all: () => Iterable<LazyRows<object>>;
  readonly #loads: RowLoads<Row>;
  readonly #drafts: Drafts<Row>;
  readonly #children = new Map<string, ChildList<object>>();
  readonly #watched = new Set<ChildList<Row>>();
  readonly #deleting = new Set<string>();
  #definition: LazyDefinition<Row>;
  #life = new AbortController();
  #used = false;

  constructor(
    name: string,
    definition: LazyDefinition<Row>,
    rows: Rows,
    parts: LazyParts,
    all: () => Iterable<LazyRows<object>>,
  ) {
    this.name = name;
    this.feature = definition.feature ?? "";
    this.#definition = definition;
    this.rows = rows;
    rows.keys = [definition.key ?? "id"];
    this.#parts = parts;
    this.#all = all;
    const now = {
      name,
      rows,
      definition: () => this.#definition,
      signal: () => this.signal,
    };
    this.#loads = new RowLoads<Row>(
      {
        ...now,
        isShown: (id) => [...this.#watched].some((list) => list.shows(id)),
        isDraft: (id) => this.#drafts.has(id),
        arrived: (ids) => this.#renewChildren(new Set(ids)),
      },
      parts,
    );
    this.#drafts = new Drafts<Row>(
      {
        ...now,
        loads: this.#loads,
        update: (id, patch) => this.update(id, patch),
        inTurn: (entry, message, work) => this.#inTurn(entry, message, work),
      },
      parts,
    );
    if (definition.isInitialRow) this.read("1");
  }

  get definition(): LazyDefinition<object> {
    return this.#definition as object as LazyDefinition<object>;
  }

  /** Whether anything was ever read or written. */
  get isUsed(): boolean {
    return this.#used;
  }

  /** Takes another definition; the rows stay. */
  redefine(definition: LazyDefinition<Row>): void {
    this.#definition = definition;
  }

  /** The row, or its default with `isLoading: true` until it is there. Loads it, where it is not there or is dirty. */
  read(given: Key): Row {
    const id = this.#drafts.idOf(keyText(given));
    this.#used = true;
    if (!placePrefix.test(id)) this.#loads.read(id, this.#deleting.has(id));
    return (this.rows.get(id) as Row | undefined) ?? this.placeholder(id);
  }

  /** The row where it is there, undefined where not. Nothing is loaded. */
  get(id: Key): Row | undefined {
    return this.rows.get(this.#drafts.idOf(keyText(id))) as Row | undefined;
  }

  /** A row to be read, as by `read`, and watched. While it is watched it is kept fresh. */
  row(id: Key): Readable<Row> {
    return {
      getSnapshot: () => this.read(id),
      subscribe: (listener) => this.rows.row(id).subscribe(listener),
    };
  }

  /** What is known of a row beside its values; the same object until it changes. Watched by watching the row. */
  state(id: Key): RowState {
    return this.#loads.state(this.#drafts.idOf(keyText(id)));
  }

  /** Loads rows, also such as are there, are absent, or could not be loaded. */
  refresh(ids: readonly Key[]): void {
    this.#used = true;
    this.#parts.turn.run(() => {
      for (const id of ids.map(keyText)) this.#loads.load(id, true);
    });
  }

  /**
   * Has rows, or all rows, fetched anew: those that somebody watches now, others when they are read. Rows being edited, and such
   * as are not there, stay as they are.
   */
  markDirty(ids: readonly Key[] = [...this.#loads.ids]): void {
    this.#parts.turn.run(() => {
      for (const id of ids.map(keyText)) if (this.#loads.isHere(id)) this.#loads.dirty(id);
    });
  }

  /**
   * A list of a row's children, in the field of that name; the same object each time.
   * @throws TypeError where no such children are declared, or their resource is not lazy
   */
  children<Child extends object = WireRow>(parentId: Key, field: string): ChildList<Child> {
    const id = keyText(parentId);
    this.read(id);
    const place = JSON.stringify([id, field]);
    const made = this.#children.get(place);
    if (made !== undefined) return made as unknown as ChildList<Child>;
    const name = this.#definition.children?.[field];
    if (name === undefined) throw new TypeError(`${this.name} has no children "${field}".`);
    const child = [...this.#all()].find((lazy) => lazy.name === name && lazy.feature === this.feature);
    if (child === undefined)
      throw new TypeError(`${this.name}.${field}: there is no lazy resource "${name}".`);
    const list = new ChildList({ parent: this, parentId: id, field }, child, this.#parts, this.signal);
    this.#children.set(place, list);
    return list as unknown as ChildList<Child>;
  }

  /** While a row is edited nothing that arrives is shown in it, it is not marked dirty, and not removed. */
  beginEdit(id: Key): void {
    this.#parts.turn.run(() => this.#loads.edit(keyText(id), true));
  }

  /** Ends what `beginEdit` began; what has arrived meanwhile is shown. */
  endEdit(id: Key): void {
    this.#parts.turn.run(() => this.#loads.edit(keyText(id), false));
  }

  /**
   * A row whose fields may be assigned to. Each assignment is shown at once; all of one tick are one `update`, or of a new
   * row one `add`.
   */
  edit(given: Key): EditableRow<Row> {
    const id = keyText(given);
    return editRow<Row>({
      current: () => this.read(id),
      assign: (field, value) => this.#drafts.assign(this.#drafts.idOf(id), field, value),
      delete: () => void this.delete(id).catch(() => {}),
    });
  }

  /**
   * Changes some fields: shown at once, taken back where the effect fails. The writes to a row are sent one after the other.
   * @throws LivesetError as the effect does; it was reported already.
   */
  update(given: Key, patch: Partial<Row>): Promise<Row> {
    this.#used = true;
    const id = this.#drafts.idOf(keyText(given));
    const entry = this.#loads.entry(id);
    const mutation = this.#parts.newMutation();
    const data = Object.freeze({ ...patch }) as object as WireRow;
    entry.writes++;
    return this.#parts.write(
      mutation,
      [this.#operation(mutation, "patch", id, data)],
      () =>
        this.#inTurn(entry, "Error updating row, rolling back to original row", () =>
          this.#save(id, patch, mutation),
        ),
      (row) => {
        entry.writes++;
        this.#loads.arrive([row]);
      },
    );
  }

  /**
   * Deletes a row: it is gone at once, also from the lists of all its parents, and there again where the effect fails.
   * @throws LivesetError as the effect does; it was reported already.
   */
  async delete(given: Key): Promise<void> {
    this.#used = true;
    const id = this.#drafts.idOf(keyText(given));
    if (this.#drafts.has(id)) return this.dropDraft(id);
    const entry = this.#loads.entry(id);
    const mutation = this.#parts.newMutation();
    entry.writes++;
    let sent: Promise<unknown> = Promise.resolve();
    this.#parts.turn.run(() => {
      sent = this.#parts.write(
        mutation,
        [this.#operation(mutation, "delete", id, {})],
        () => this.#sendDelete(id, entry, mutation),
        () => {
          this.gone([id]);
          this.#hide(id, false);
        },
      );
    });
    await sent;
  }

  /** A notice says that rows have changed: those that are not here are none of our business. */
  changed(ids: readonly string[], acceptsNew = false): void {
    for (const id of new Set(ids)) {
      if (acceptsNew && this.#loads.state(id).status === "absent") this.#loads.load(id, true);
      if (this.#loads.isHere(id)) this.#loads.dirty(id);
    }
  }

  /** Rows are gone: they go from the lists of all parents, and from the store. No effect is called. */
  gone(ids: readonly string[]): void {
    const asked = new Set(ids);
    for (const parent of this.#all()) {
      if (parent.feature !== this.feature) continue;
      for (const [field, child] of Object.entries(parent.definition.children ?? {})) {
        if (child === this.name) parent.unlink(field, asked);
      }
    }
    for (const id of ids) this.#loads.forget(id);
    this.rows.remove(ids);
  }

  /** Takes ids out of a field of all rows. */
  unlink(field: string, ids: ReadonlySet<string>): void {
    const changed: WireRow[] = [];
    for (const id of this.#loads.ids) {
      const row = this.rows.confirmed(id);
      const next = row === undefined ? row : withoutIds(row, field, ids);
      if (next !== undefined && next !== row) changed.push(next);
    }
    this.rows.put(changed);
    for (const list of this.#children.values()) if (list.place.field === field) list.removed(ids);
  }

  /** Does what time asks for: rows that are old become dirty, and go where nobody has them. */
  sweep(now: number): void {
    this.#loads.sweep(now);
  }

  /** Forgets everything: what is under way is not waited for. */
  reset(): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.#drafts.clear();
    this.#loads.clear();
    this.#children.clear();
    this.#deleting.clear();
    this.#used = false;
  }

  /** Ends it for good. */
  end(): void {
    this.reset();
    this.#life.abort();
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  placeholder(id: string): Row {
    return this.#loads.placeholder(id, placePrefix.test(id));
  }

  get hidden(): ReadonlySet<string> {
    return this.#deleting;
  }

  draft(row: Row, list: ChildList<Row>): string {
    this.#used = true;
    return this.#drafts.add(row, list);
  }

  saveDraft(id: string): Promise<Row> {
    return this.#drafts.save(id);
  }

  dropDraft(id: string): void {
    this.#parts.turn.run(() => this.#drafts.drop(id));
  }

  watched(list: ChildList<Row>, isWatched: boolean): void {
    if (isWatched) this.#watched.add(list);
    else this.#watched.delete(list);
  }

  #operation(mutation: string, action: WriteAction, id: string, data: WireRow): PendingOperation {
    return { mutation, resource: this.rows.resource, action, key: id as KeyText, data };
  }

  /** Runs a write after those that the row has; a failure is reported, and passed on. */
  #inTurn<T>(entry: LazyEntry, message: string, work: () => Promise<T>): Promise<T> {
    const run = entry.lastWrite.then(work);
    const { signal } = this;
    entry.lastWrite = run.catch((thrown) => {
      if (!signal.aborted) this.#parts.report(message, thrown);
    });
    return run;
  }

  async #save(given: string, patch: Partial<Row>, mutation: string): Promise<Row> {
    const id = this.#drafts.idOf(given);
    const { effects } = this.#definition;
    const { signal } = this;
    const row = { ...this.rows.confirmed(id), ...patch } as object as Row;
    const answer = await runOutcome(() => {
      if (effects.update === undefined) throw new TypeError(`${this.name} has no effect update.`);
      return effects.update(row, { signal, mutation, patch });
    }, signal);
    const saved = (Array.isArray(answer) ? answer[0] : answer) as Row | null | undefined;
    return saved ?? row;
  }

  #sendDelete(id: string, entry: LazyEntry, mutation: string): Promise<void> {
    const { effects } = this.#definition;
    const { signal } = this;
    this.#hide(id, true);
    const sent = this.#inTurn(entry, "Error deleting row, putting it back", async () => {
      await runOutcome(() => {
        if (effects.delete === undefined) throw new TypeError(`${this.name} has no effect delete.`);
        return effects.delete(id, { signal, mutation });
      }, signal);
    });
    return sent.catch((thrown) => {
      this.#parts.turn.run(() => this.#hide(id, false));
      throw thrown;
    });
  }

  #hide(id: string, isHidden: boolean): void {
    if (isHidden) this.#deleting.add(id);
    else this.#deleting.delete(id);
    for (const list of this.#watched) list.changed();
  }

  #renewChildren(ids: ReadonlySet<string>): void {
    for (const list of this.#children.values()) if (ids.has(list.place.parentId)) list.renewed();
  }
}
