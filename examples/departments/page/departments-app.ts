import { DecimalPipe } from "@angular/common";
import { ChangeDetectionStrategy, Component, computed, inject, signal } from "@angular/core";
import { injectClient, injectLiveCount, injectLiveList } from "liveset/angular";
import type { DepartmentsApi } from "./data/api.ts";
import { DepartmentStore } from "./data/department-store.ts";
import { Problems } from "./data/problems.ts";
import { AppIcon } from "./parts/app-icon.ts";
import { ConnectionState } from "./parts/connection-state.ts";
import { TreeView } from "./tree/tree-view.ts";

/** The page: its locations, the tree of one of them, and what went wrong. */
@Component({
  selector: "departments-app",
  templateUrl: "./departments-app.html",
  imports: [AppIcon, ConnectionState, DecimalPipe, TreeView],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DepartmentsApp {
  readonly #client = injectClient<DepartmentsApi>();
  readonly #data = inject(DepartmentStore);
  protected readonly problems = inject(Problems);
  readonly #chosen = signal<string | null>(null);

  protected readonly locations = injectLiveList(this.#client.locations, { orderBy: { created: "asc" } });
  /** The one that was chosen, as long as it is there; else the first. */
  protected readonly location = computed(() => {
    const all = this.locations.value();
    return all.find(({ id }) => id === this.#chosen()) ?? all[0] ?? null;
  });
  protected readonly departments = injectLiveCount(this.#client.departments, () => {
    const location = this.location();
    return location === null ? null : { where: { locationId: location.id } };
  });
  protected readonly loaded = computed(() => {
    this.#data.version();
    return this.#data.departments.rows.size + this.#data.children.rows.size;
  });
  protected readonly requests = this.#data.requests;

  protected choose(id: string): void {
    this.#chosen.set(id);
  }
}
