import { onScopeDispose, type Ref, shallowRef, watch } from "vue";

const shown = 1_800;

/**
 * The ids of rows that have just been changed by somebody else. `scope` names what is looked at: where it changes, the
 * rows are other ones and nothing has happened to them. `isMine` tells the page's own writes.
 */
export function useFlash<Row extends { readonly id: number }>(
  rows: () => readonly Row[],
  scope: () => string | null,
  isMine: (row: Row) => boolean,
): Readonly<Ref<ReadonlySet<number>>> {
  const flashing = shallowRef<ReadonlySet<number>>(new Set());
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const stop = (id: number) => {
    timers.delete(id);
    flashing.value = new Set([...flashing.value].filter((other) => other !== id));
  };
  watch([rows, scope] as const, ([now, scopeNow], [before, scopeBefore]) => {
    if (scopeNow === null || scopeNow !== scopeBefore) return;
    const known = new Set(before);
    const changed = now.filter((row) => !known.has(row) && !isMine(row)).map(({ id }) => id);
    if (changed.length === 0) return;
    for (const id of changed) {
      clearTimeout(timers.get(id));
      timers.set(id, setTimeout(stop, shown, id));
    }
    flashing.value = new Set([...flashing.value, ...changed]);
  });
  onScopeDispose(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  return flashing;
}
