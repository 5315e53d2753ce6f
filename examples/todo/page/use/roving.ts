import { computed, nextTick, type Ref, shallowRef, watch } from "vue";

/** One stop for the Tab key in a list, and arrow keys within it. */
export interface Roving {
  /** The row at which the Tab key stops: the one that last had the focus, else the first. */
  readonly current: Readonly<Ref<number | undefined>>;
  focus(id: number | undefined): void;
  focusAt(index: number): void;
  /** To be called when the focus comes into the list. */
  entered(event: FocusEvent): void;
}

/**
 * Moves the focus through rows that are elements with `data-id` and have a checkbox. When the row that has the focus goes,
 * whoever took it, the focus moves to the row at its place and not to the top of the page.
 */
export function useRoving(
  rows: () => readonly { readonly id: number }[],
  element: () => HTMLElement | null,
): Roving {
  const last = shallowRef<number>();
  const current = computed(() => (rows().some(({ id }) => id === last.value) ? last.value : rows()[0]?.id));

  function focus(id: number | undefined): void {
    element()?.querySelector<HTMLElement>(`[data-id="${id}"] input`)?.focus();
  }

  function focusAt(index: number): void {
    const row = rows()[Math.min(Math.max(index, 0), rows().length - 1)];
    focus(row?.id);
  }

  watch(rows, (now, before) => {
    const focused = document.activeElement?.closest("[data-id]");
    if (!(focused instanceof HTMLElement) || element()?.contains(focused) !== true) return;
    const id = Number(focused.dataset.id);
    if (now.some((row) => row.id === id)) return;
    const index = before.findIndex((row) => row.id === id);
    void nextTick().then(() => focusAt(index));
  });

  return {
    current,
    focus,
    focusAt,
    entered(event) {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-id]") : null;
      if (row !== null) last.value = Number(row.dataset.id);
    },
  };
}
