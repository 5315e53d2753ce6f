import { computed, effect, Injectable, inject, signal } from "@angular/core";
import type { ChildList, LazyRows } from "liveset/store";
import { type BranchRow, DepartmentStore } from "../data/department-store.ts";
import { kindOf, kinds } from "../data/kinds.ts";
import type { ChildRow } from "../data/merged-effects.ts";
import { type Place, placeAt, rowAt, rowCount } from "./flat-tree.ts";
import type { TreeRow } from "./tree-row.ts";

/** The departments of one location, of which some are expanded, as rows one below the other. */
@Injectable()
export class TreeModel {
  readonly #data = inject(DepartmentStore);
  readonly locationId = signal<string | null>(null);
  readonly #expanded = signal<ReadonlySet<string>>(new Set());

  /** The departments' ids. */
  readonly #branches = computed(() => {
    this.#data.version();
    return this.departments?.ids ?? [];
  });
  /** How many children each department shows. */
  readonly shown = computed(() => {
    this.#data.version();
    const expanded = this.#expanded();
    return this.#branches().map((id) => (expanded.has(id) ? this.#data.childrenOf(id).length : 0));
  });
  readonly total = computed(() => rowCount(this.shown()));
  /** What is known of the location itself. */
  readonly state = computed(() => {
    this.#data.version();
    const id = this.locationId();
    return id === null ? null : this.#data.locations.state(id);
  });

  constructor() {
    // Whoever is listened to is kept fresh: what changes on the server is fetched where it is shown.
    effect((onCleanup) => {
      const lists: ChildList<object>[] = this.departments === null ? [] : [this.departments];
      for (const id of this.#branches()) if (this.#expanded().has(id)) lists.push(this.#data.childrenOf(id));
      const ends = lists.map((list) => list.subscribe(() => this.#data.tell()));
      onCleanup(() => {
        for (const end of ends) end();
      });
    });
  }

  get departments(): ChildList<BranchRow> | null {
    const id = this.locationId();
    return id === null ? null : this.#data.departmentsOf(id);
  }

  placeAt(index: number): Place | null {
    return placeAt(this.shown(), index);
  }

  indexOf(place: Place): number {
    return rowAt(this.shown(), place);
  }

  /**
   * The row at an index.
   * @param isPassing whether it is passed by so quickly that nobody reads it: then nothing is loaded
   */
  rowAt(index: number, isPassing: boolean): TreeRow | null {
    this.#data.version();
    const place = this.placeAt(index);
    const { departments } = this;
    if (place === null || departments === null) return null;
    const departmentId = departments.idAt(place.branch) ?? "";
    const isBranch = place.child < 0;
    const list: ChildList<BranchRow> = isBranch ? departments : this.#data.childrenOf(departmentId);
    const lazy: LazyRows<BranchRow> = isBranch ? this.#data.departments : this.#data.children;
    const at = isBranch ? place.branch : place.child;
    if (at >= list.length) return null;
    const known = lazy.get(list.idAt(at) ?? "");
    const row = isPassing ? (known ?? { id: list.idAt(at) ?? "", name: "" }) : list.at(at);
    const { status } = lazy.state(row.id);
    return {
      key: `${departmentId}/${row.id}`,
      id: row.id,
      index,
      place,
      departmentId,
      name: row.name,
      kind: isBranch
        ? null
        : (kindOf(row.id) ?? kinds.find(({ prefix }) => prefix === (row as ChildRow).prefix) ?? null),
      isLoading: known === undefined && !isFault(status),
      isDraft: this.isDraft(row.id),
      fault: status === "absent" || status === "error" ? status : null,
      isExpanded: isBranch && this.#expanded().has(row.id),
      count:
        isBranch && known !== undefined && !this.isDraft(row.id)
          ? this.#data.childrenOf(row.id).length
          : null,
      siblings: list.length,
      pending: this.#data.store.pending(lazy.name, row.id),
    };
  }

  /** The id in a row, without loading it. */
  idAt(index: number): string {
    const place = this.placeAt(index);
    if (place === null) return "";
    const branch = this.departments?.idAt(place.branch) ?? "";
    return place.child < 0 ? branch : (this.#data.childrenOf(branch).idAt(place.child) ?? "");
  }

  lazyOf(row: Pick<TreeRow, "place">): LazyRows<BranchRow> {
    return row.place.child < 0 ? this.#data.departments : this.#data.children;
  }

  /** The list that a row is in. */
  listOf(row: Pick<TreeRow, "place" | "departmentId">): ChildList<BranchRow> | null {
    return row.place.child < 0 ? this.departments : this.#data.childrenOf(row.departmentId);
  }

  isDraft(id: string): boolean {
    return id.startsWith("new-");
  }

  expand(id: string, isExpanded: boolean): void {
    this.#expanded.update((before) => {
      const after = new Set(before);
      if (isExpanded) after.add(id);
      else after.delete(id);
      return after;
    });
  }

  expandAll(isExpanded: boolean): void {
    this.#expanded.set(new Set(isExpanded ? this.#branches() : []));
  }

  /** Asks again for what could not be loaded. */
  retry(row: TreeRow): void {
    this.lazyOf(row).refresh([row.id]);
  }

  retryLocation(): void {
    const id = this.locationId();
    if (id !== null) this.#data.locations.refresh([id]);
  }
}

function isFault(status: string): boolean {
  return status === "absent" || status === "error";
}
