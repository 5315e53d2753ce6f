import { LivesetError } from "liveset/client";
import { type ShallowRef, shallowRef, watch } from "vue";
import type { TodoClient } from "./client.ts";
import { messageOf } from "./message-of.ts";
import type { TaskRow } from "./rows.ts";

/** What happened to a task while it was being edited. */
export type Conflict =
  | { readonly kind: "changed"; readonly text: string }
  /** It is still there, but not in the list that is looked at. */
  | { readonly kind: "left" }
  | { readonly kind: "deleted" };

/** A task under the cursor. */
export interface Editing {
  /** The task as it was when editing began, or as the person has seen it since. */
  readonly base: TaskRow;
  /** Its place in the list, kept for it if it leaves. */
  readonly index: number;
  readonly draft: string;
  readonly conflict: Conflict | null;
  readonly error: string | null;
  readonly isSaving: boolean;
}

/** Editing one task in place. */
export interface EditingControl {
  readonly editing: Readonly<ShallowRef<Editing | null>>;
  start(task: TaskRow, index: number): void;
  type(draft: string): void;
  /** Writes the draft over whatever is there. Resolves to whether editing has ended. */
  save(): Promise<boolean>;
  /** Makes a new task of the draft. Resolves to whether editing has ended. */
  saveAsNew(): Promise<boolean>;
  /** Goes on from what the other person wrote. */
  takeTheirs(): void;
  /** Returns true: editing has ended. */
  cancel(): boolean;
}

/**
 * Edits rows of a live list so that nothing that somebody types is lost silently, whatever others do meanwhile.
 *
 * @param onLost is given a draft that could not be saved after another task was opened
 */
export function useEditing(
  client: TodoClient,
  rows: () => readonly TaskRow[],
  onLost: (draft: string, error: unknown) => void,
): EditingControl {
  const editing = shallowRef<Editing | null>(null);
  const set = (change: Partial<Editing>) => {
    if (editing.value !== null) editing.value = { ...editing.value, ...change };
  };
  const isOpen = ({ base }: Editing) => editing.value?.base.id === base.id;

  watch(rows, async (now) => {
    const at = editing.value;
    if (at === null || at.isSaving || at.conflict?.kind === "deleted") return;
    const row = now.find(({ id }) => id === at.base.id);
    if (row !== undefined) {
      set({ conflict: row.text === at.base.text ? null : { kind: "changed", text: row.text } });
      return;
    }
    set({ conflict: { kind: "left" } });
    const isAbsent = await client.tasks.retrieve(at.base.id).then(() => false, isNotFound);
    if (isAbsent && isOpen(at)) set({ conflict: { kind: "deleted" } });
  });

  async function finish(write: (at: Editing) => Promise<unknown>): Promise<boolean> {
    const at = editing.value;
    if (at === null || at.isSaving) return at === null;
    set({ isSaving: true, error: null });
    try {
      await write(at);
      if (isOpen(at)) editing.value = null;
      return true;
    } catch (thrown) {
      const conflict: Partial<Editing> = isNotFound(thrown) ? { conflict: { kind: "deleted" } } : {};
      if (isOpen(at)) set({ isSaving: false, error: messageOf(thrown), ...conflict });
      else onLost(at.draft, thrown);
      return false;
    }
  }

  return { editing, ...actions(client, editing, set, finish) };
}

function actions(
  client: TodoClient,
  editing: ShallowRef<Editing | null>,
  set: (change: Partial<Editing>) => void,
  finish: (write: (at: Editing) => Promise<unknown>) => Promise<boolean>,
): Omit<EditingControl, "editing"> {
  return {
    start(task, index) {
      editing.value = { base: task, index, draft: task.text, conflict: null, error: null, isSaving: false };
    },
    type: (draft) => set({ draft, error: null }),
    save: () =>
      finish(async ({ base, draft, conflict }) => {
        const isSame = conflict === null && draft.trim() === base.text;
        if (!isSame) await client.tasks.patch(base.id, { text: draft });
      }),
    saveAsNew: () =>
      finish(({ base, draft }) => client.tasks.create({ text: draft, done: base.done, listId: base.listId })),
    takeTheirs() {
      const at = editing.value;
      if (at?.conflict?.kind !== "changed") return;
      set({ base: { ...at.base, text: at.conflict.text }, draft: at.conflict.text, conflict: null });
    },
    cancel() {
      editing.value = null;
      return true;
    },
  };
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof LivesetError && thrown.code === "not_found";
}
