import { Injectable, inject, type Signal, signal } from "@angular/core";
import { injectClient } from "liveset/angular";
import type { DepartmentsApi } from "../data/api.ts";
import { DepartmentStore } from "../data/department-store.ts";
import { type Kind, kinds } from "../data/kinds.ts";
import type { ChildRow } from "../data/merged-effects.ts";
import type { Place } from "./flat-tree.ts";
import { TreeModel } from "./tree-model.ts";
import type { TreeRow } from "./tree-row.ts";

/** The row that is being edited. */
export interface Edit {
  readonly id: string;
  readonly text: string;
  /** Where it stands: a new row is at the end of its list, however long that becomes. */
  readonly index: () => number;
}

/** A row that was added, and where it stands. */
export interface Added extends Place {
  readonly id: string;
}

/** Renaming, adding and deleting in place. */
@Injectable()
export class TreeEdits {
  readonly #model = inject(TreeModel);
  readonly #data = inject(DepartmentStore);
  readonly #client = injectClient<DepartmentsApi>();
  readonly #edit = signal<Edit | null>(null);
  readonly #asked = signal<string | null>(null);
  #drafts = 0;

  /** What is being edited, null where nothing is. */
  get edit(): Signal<Edit | null> {
    return this.#edit;
  }

  /** The row of which it is asked whether it shall be deleted. */
  get asked(): Signal<string | null> {
    return this.#asked;
  }

  begin(row: TreeRow): void {
    this.#asked.set(null);
    this.#model.lazyOf(row).beginEdit(row.id);
    this.#edit.set({ id: row.id, text: row.name, index: () => row.index });
  }

  type(text: string): void {
    this.#edit.update((edit) => edit && { ...edit, text });
  }

  /** Ends it, and takes a new row back. */
  cancel(row: TreeRow): void {
    if (this.#edit()?.id !== row.id) return;
    this.#edit.set(null);
    if (this.#model.isDraft(row.id)) this.#model.listOf(row)?.removeFromStore(row.id);
    else this.#model.lazyOf(row).endEdit(row.id);
  }

  /** Ends it, and saves what is new. Gives the place of a row that was added, once it is known; null for all others. */
  async save(row: TreeRow): Promise<Added | null> {
    const edit = this.#edit();
    if (edit?.id !== row.id) return null;
    const name = edit.text.trim();
    if (name === "" || (name === row.name && !this.#model.isDraft(row.id))) {
      this.cancel(row);
      return null;
    }
    this.#edit.set(null);
    if (this.#model.isDraft(row.id)) return this.#add(row, name);
    const lazy = this.#model.lazyOf(row);
    // Why it was refused is shown beside the row.
    lazy.update(row.id, { name }).catch(() => {});
    lazy.endEdit(row.id);
    return null;
  }

  /** A new row at the end of a department's children, to be named. Returns its index. */
  draftChild({ id, place: { branch } }: TreeRow, { prefix }: Kind): number {
    const list = this.#data.childrenOf(id);
    const draft: ChildRow = { id: this.#newId(), name: "", prefix };
    return this.#begin(list.addToStore(draft), () => this.#model.indexOf({ branch, child: list.length - 1 }));
  }

  /** A new department, to be named. Returns its index. */
  draftDepartment(): number {
    const list = this.#model.departments;
    if (list === null) return 0;
    const id = list.addToStore({ id: this.#newId(), name: "" });
    return this.#begin(id, () => this.#model.indexOf({ branch: list.length - 1, child: -1 }));
  }

  ask(id: string | null): void {
    this.#asked.set(id);
  }

  delete(row: TreeRow): void {
    this.#asked.set(null);
    this.#model
      .lazyOf(row)
      .delete(row.id)
      .catch(() => {});
  }

  #begin(id: string, indexNow: () => number): number {
    this.#asked.set(null);
    this.#data.tellNow();
    this.#edit.set({ id, text: "", index: indexNow });
    return indexNow();
  }

  #newId(): string {
    return `new-${++this.#drafts}`;
  }

  async #add(row: TreeRow, name: string): Promise<Added | null> {
    const list = this.#model.listOf(row);
    if (list === null) return null;
    try {
      list.removeFromStore(row.id);
      const { id } = await list.add({ id: row.id, name, ...(row.kind && { prefix: row.kind.prefix }) });
      if (row.kind === null) return { id, branch: list.length - 1, child: -1 };
      const count = await this.#countUpTo(row.kind, row.departmentId);
      return { id, branch: row.place.branch, child: count - 1 };
    } catch {
      // It is gone from the tree again, and the reason is shown.
      return null;
    }
  }

  /** How many rows stand in a department up to the last of a kind: there the newest row of that kind is. */
  async #countUpTo(kind: Kind, departmentId: string): Promise<number> {
    const until = kinds.slice(0, kinds.indexOf(kind) + 1);
    const pages = until.map(({ resource }) =>
      this.#client.resource(resource).list({ where: { departmentId }, limit: 1 }),
    );
    return (await Promise.all(pages)).reduce((sum, { count }) => sum + count, 0);
  }
}
