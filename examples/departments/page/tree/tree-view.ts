import { DecimalPipe } from "@angular/common";
import {
  ApplicationRef,
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  effect,
  inject,
  input,
  signal,
  viewChild,
} from "@angular/core";
import type { PendingWrite } from "liveset/store";
import { DepartmentStore } from "../data/department-store.ts";
import { type Kind, kinds } from "../data/kinds.ts";
import { AppIcon } from "../parts/app-icon.ts";
import { keyToMove } from "./key-to-move.ts";
import { rowHeight, Scroll } from "./scroll.ts";
import { TreeEdits } from "./tree-edits.ts";
import { TreeModel } from "./tree-model.ts";
import type { TreeRow } from "./tree-row.ts";

/** The tree of one location: what is seen of it is loaded, and may be renamed, added to and deleted from in place. */
@Component({
  selector: "tree-view",
  templateUrl: "./tree-view.html",
  imports: [AppIcon, DecimalPipe],
  providers: [TreeModel, TreeEdits, Scroll],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TreeView {
  readonly locationId = input.required<string>();
  /** A field that is to be written into is there before the next key is pressed. */
  readonly #app = inject(ApplicationRef);
  protected readonly kinds = kinds;
  protected readonly rowHeight = rowHeight;
  protected readonly data = inject(DepartmentStore);
  protected readonly model = inject(TreeModel);
  protected readonly edits = inject(TreeEdits);
  protected readonly scroll = inject(Scroll);
  protected readonly viewport = viewChild.required<ElementRef<HTMLElement>>("viewport");
  protected readonly editor = viewChild<ElementRef<HTMLInputElement>>("editor");

  readonly #active = signal<{ readonly id: string; readonly index: number }>({ id: "", index: 0 });

  protected readonly rows = computed((): readonly TreeRow[] => {
    const { first, last } = this.scroll.range(this.model.total());
    const isPassing = this.scroll.isPassing();
    const rows = Array.from({ length: last - first }, (_, i) => this.model.rowAt(first + i, isPassing));
    return rows.filter((row) => row !== null);
  });
  /** The row that is being edited, which stays however far it is scrolled away. */
  protected readonly edited = computed(() => {
    const edit = this.edits.edit();
    if (edit === null) return null;
    const isIt = (row: TreeRow | null): boolean => row?.id === edit.id;
    const there = this.model.rowAt(edit.index(), true);
    return this.rows().find(isIt) ?? (isIt(there) ? there : null);
  });
  /** Follows its row where others come or go above it. */
  protected readonly activeIndex = computed(() => {
    const { id, index } = this.#active();
    const found = this.rows().find((row) => row.id === id);
    return Math.min(found?.index ?? index, this.model.total() - 1);
  });
  protected readonly active = computed(
    () => this.rows().find(({ index }) => index === this.activeIndex()) ?? null,
  );
  /** The department that new rows are put into. */
  protected readonly target = computed(() => {
    const place = this.model.placeAt(this.activeIndex());
    return place === null ? null : this.model.rowAt(this.model.indexOf({ ...place, child: -1 }), true);
  });

  constructor() {
    effect(() => this.model.locationId.set(this.locationId()));
    // A field that appears is written into at once.
    afterRenderEffect(() => {
      const field = this.editor()?.nativeElement;
      field?.focus({ preventScroll: true });
      field?.select();
    });
    afterNextRender(() => this.scroll.attach(this.viewport().nativeElement));
    inject(DestroyRef).onDestroy(() => this.scroll.detach());
  }

  protected select(row: TreeRow): void {
    this.#active.set(row);
  }

  protected toggle(row: TreeRow): void {
    if (row.kind === null && (row.count ?? 0) > 0) this.model.expand(row.id, !row.isExpanded);
  }

  protected moveTo(index: number): void {
    const to = Math.max(0, Math.min(index, this.model.total() - 1));
    this.#active.set({ id: this.model.idAt(to), index: to });
    this.scroll.show(to);
  }

  protected rename(row: TreeRow): void {
    if (!this.mayRename(row)) return;
    this.select(row);
    this.edits.begin(row);
    this.#app.tick();
  }

  protected async save(row: TreeRow, staysHere = true): Promise<void> {
    const saving = this.edits.save(row);
    if (staysHere) this.focus();
    const added = await saving;
    // Whoever has gone elsewhere meanwhile stays there.
    if (this.#active().id !== row.id) return;
    if (added === null) return this.#backTo(row);
    const index = this.model.indexOf(added);
    this.#active.set({ id: added.id, index });
    this.scroll.show(index);
  }

  protected cancel(row: TreeRow): void {
    this.edits.cancel(row);
    this.#backTo(row);
    this.focus();
  }

  /** The field was left for something else: what is written counts. */
  protected left(row: TreeRow): void {
    if (this.edits.edit()?.id === row.id && this.viewport().nativeElement.isConnected)
      void this.save(row, false);
  }

  protected retryWrite(write: PendingWrite): void {
    // Refused again, it is shown again.
    write.retry().catch(() => {});
  }

  /** Asks first: there is no way back. */
  protected ask(row: TreeRow | null): void {
    if (row !== null && this.mayDelete(row)) this.edits.ask(row.id);
  }

  protected delete(row: TreeRow): void {
    const { index } = row;
    this.edits.delete(row);
    this.moveTo(index);
    this.focus();
  }

  protected keep(): void {
    this.edits.ask(null);
    this.focus();
  }

  protected addChild(kind: Kind): void {
    const department = this.target();
    if (department === null) return;
    this.model.expand(department.id, true);
    this.moveTo(this.edits.draftChild(department, kind));
    this.#app.tick();
  }

  protected addDepartment(): void {
    this.moveTo(this.edits.draftDepartment());
  }

  protected labelOf({ kind }: TreeRow): string {
    return (kind?.label ?? "Department").toLowerCase();
  }

  protected mayRename({ isLoading, isDraft, fault }: TreeRow): boolean {
    return !isLoading && !isDraft && fault === null;
  }

  /** A department only while it is empty. */
  protected mayDelete(row: TreeRow): boolean {
    return this.mayRename(row) && (row.kind !== null || row.count === 0);
  }

  protected typed(event: Event): void {
    this.edits.type((event.target as HTMLInputElement).value);
  }

  protected focus(): void {
    this.viewport().nativeElement.focus({ preventScroll: true });
  }

  protected pressed(event: KeyboardEvent): void {
    const row = this.active();
    const isElsewhere = event.target instanceof Element && event.target.closest("input, button") !== null;
    if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = keyToMove(event.key, this.activeIndex(), {
      total: this.model.total(),
      page: this.scroll.page(),
    });
    if (to !== null) this.moveTo(to);
    else if (!this.#act(event.key, row)) return;
    event.preventDefault();
  }

  /** A new row that is gone again leaves its department as the one that is acted on, not what has moved up. */
  #backTo(row: TreeRow): void {
    if (row.isDraft && row.kind !== null) this.moveTo(this.model.indexOf({ ...row.place, child: -1 }));
  }

  /** What the other keys do. Gives whether the key means anything. */
  #act(key: string, row: TreeRow | null): boolean {
    if (key === "*") this.model.expandAll(true);
    if (row === null) return key === "*";
    const isBranch = row.kind === null;
    const isAsked = this.edits.asked() === row.id;
    if (isAsked && key === "Escape") this.keep();
    else if (isAsked && (key === "Enter" || key === "Delete")) this.delete(row);
    else if (key === "F2" || (key === "Enter" && !isBranch)) this.rename(row);
    else if (key === "Enter" || key === " ") this.toggle(row);
    else if (key === "Delete") this.ask(row);
    else if (key === "ArrowRight" && isBranch && !row.isExpanded) this.toggle(row);
    else if (key === "ArrowRight" && isBranch) this.moveTo(row.index + 1);
    else if (key === "ArrowLeft" && row.isExpanded) this.toggle(row);
    else if (key === "ArrowLeft") this.moveTo(this.model.indexOf({ ...row.place, child: -1 }));
    else return key === "*";
    return true;
  }
}
