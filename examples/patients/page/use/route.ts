import { onScopeDispose, type Ref, shallowRef } from "vue";

/** The patient that the address names (`#/3`), null where it names none. */
export function useRoute(): Ref<number | null> {
  const id = shallowRef(read());
  const update = () => {
    id.value = read();
  };
  window.addEventListener("hashchange", update);
  onScopeDispose(() => window.removeEventListener("hashchange", update));
  return id;
}

/** The address of a patient; of the list alone. */
export function patientAddress(id: number | null): string {
  return id === null ? "#/" : `#/${id}`;
}

function read(): number | null {
  const id = /^#\/(\d+)$/.exec(location.hash)?.[1];
  return id === undefined ? null : Number(id);
}
