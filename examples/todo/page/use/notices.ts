import { type InjectionKey, inject, provide, type ShallowRef, shallowRef } from "vue";

/** Something that happened, with a way to answer it. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Whether it goes by itself after a while. */
  readonly isBrief: boolean;
}

/** The notices on the page, newest last. */
export interface Notices {
  readonly all: Readonly<ShallowRef<readonly Notice[]>>;
  show(notice: Omit<Notice, "id">): void;
  dismiss(id: number): void;
}

const key: InjectionKey<Notices> = Symbol("notices");
const atMost = 3;

/** Makes the notices of a page, for all components below. */
export function provideNotices(): Notices {
  const all = shallowRef<readonly Notice[]>([]);
  let last = 0;
  const notices: Notices = {
    all,
    show(notice) {
      last += 1;
      all.value = [...all.value, { ...notice, id: last }].slice(-atMost);
    },
    dismiss(id) {
      all.value = all.value.filter((notice) => notice.id !== id);
    },
  };
  provide(key, notices);
  return notices;
}

/** The notices of the page. */
export function useNotices(): Notices {
  const notices = inject(key);
  if (notices === undefined) throw new Error("No component above provides notices.");
  return notices;
}
