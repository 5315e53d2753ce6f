import { DestroyRef, Injectable, inject, type Signal, signal } from "@angular/core";
import { injectClient } from "liveset/angular";
import {
  type ChildList,
  createStore,
  effectsOver,
  type LazyRows,
  type RowEffects,
  type Store,
} from "liveset/store";
import type { DepartmentsApi } from "./api.ts";
import { kinds } from "./kinds.ts";
import { type ChildRow, mergedEffects } from "./merged-effects.ts";
import { listenToNotices, type Notice } from "./notice-line.ts";
import { Problems } from "./problems.ts";

/** A location or a department, as far as the tree shows it. */
export interface BranchRow {
  readonly id: string;
  readonly name: string;
}

/** So many ids of children come with each row; the others are loaded where they are seen. */
const firstChildren = 50;

/** The rows of the tree, loaded as they are read, and kept right by the server's notices. */
@Injectable({ providedIn: "root" })
export class DepartmentStore {
  readonly locations: LazyRows<BranchRow>;
  readonly departments: LazyRows<BranchRow>;
  readonly children: LazyRows<ChildRow>;
  readonly store: Store;
  readonly #version = signal(0);
  readonly #requests = signal(0);
  readonly #hears = signal(false);
  #isTelling = false;

  constructor() {
    const client = injectClient<DepartmentsApi>();
    const problems = inject(Problems);
    this.store = createStore({
      tables: Object.fromEntries(
        kinds.map(({ resource, prefix }) => [
          resource,
          { table: "children", id: (id: string) => prefix + id },
        ]),
      ),
      handleError: (message, error) => problems.report(message, error),
    });
    this.locations = this.store.lazy<BranchRow>("locations", {
      effects: this.#counted(effectsOver(client.locations, { children: { departments: 100 } })),
      defaultRow: unnamed,
      children: { departments: "departments" },
      chunkSize: 100,
    });
    this.departments = this.store.lazy<BranchRow>("departments", {
      effects: this.#counted(
        effectsOver(client.departments, {
          children: { children: firstChildren },
          parent: (locationId) => ({ locationId }),
        }),
      ),
      defaultRow: unnamed,
      children: { children: "children" },
      chunkSize: 100,
    });
    this.children = this.store.lazy<ChildRow>("children", {
      effects: this.#counted(mergedEffects(client)),
      defaultRow: unnamed,
      prefetch: firstChildren,
    });
    const ends = [this.store.subscribe(() => this.tell()), this.#listen()];
    inject(DestroyRef).onDestroy(() => {
      for (const end of ends) end();
      this.store.dispose();
    });
  }

  /** Another number after each change of anything: what reads rows in a computed reads this first. */
  get version(): Signal<number> {
    return this.#version;
  }

  /** How many times the server was asked for rows or ids. */
  get requests(): Signal<number> {
    return this.#requests;
  }

  /** Whether notices come at this moment. */
  get hears(): Signal<boolean> {
    return this.#hears;
  }

  departmentsOf(locationId: string): ChildList<BranchRow> {
    return this.locations.children<BranchRow>(locationId, "departments");
  }

  childrenOf(departmentId: string): ChildList<ChildRow> {
    return this.departments.children<ChildRow>(departmentId, "children");
  }

  /** Says that something has changed: once for all of a turn, and never while somebody computes. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => this.tellNow());
  }

  /** Says so at once, for one who has changed something and goes on. */
  tellNow(): void {
    this.#isTelling = false;
    this.#version.update((version) => version + 1);
  }

  #listen(): () => void {
    return listenToNotices("/ws/notifications/", {
      notice: ({ table, action, ids }: Notice) => this.store.handleSocketNotification(table, action, ids),
      missed: () => this.store.markDirty(),
      heard: (isOpen) => this.#hears.set(isOpen),
    });
  }

  #counted<Row extends object>(effects: RowEffects<Row>): RowEffects<Row> {
    const count = (): void => this.#requests.update((requests) => requests + 1);
    const { loadByIds, loadByIndexes } = effects;
    return {
      ...effects,
      loadByIds: (...args) => {
        count();
        return loadByIds(...args);
      },
      ...(loadByIndexes && {
        loadByIndexes: (...args) => {
          count();
          return loadByIndexes(...args);
        },
      }),
    };
  }
}

function unnamed(id: string): BranchRow {
  return { id, name: "" };
}
