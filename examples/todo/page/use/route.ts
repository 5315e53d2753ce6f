import { onScopeDispose, type Ref, shallowRef } from "vue";

/** The list that the address names (`#/lists/3`), null where it names none. */
export function useRoute(): Ref<number | null> {
  const listId = shallowRef(read());
  const update = () => {
    listId.value = read();
  };
  window.addEventListener("hashchange", update);
  onScopeDispose(() => window.removeEventListener("hashchange", update));
  return listId;
}

/** The address of a list. */
export function listAddress(id: number): string {
  return `#/lists/${id}`;
}

function read(): number | null {
  const id = /^#\/lists\/(\d+)$/.exec(location.hash)?.[1];
  return id === undefined ? null : Number(id);
}
