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
  cancel(): void;
}

/** Edits rows of a live list so that nothing that somebody types is lost silently, whatever others do meanwhile. */
export function useEditing(client: TodoClient, rows: () => readonly TaskRow[]): EditingControl {
  const editing = shallowRef<Editing | null>(null);
  const set = (change: Partial<Editing>) => {
    if (editing.value !== null) editing.value = { ...editing.value, ...change };
  };

  watch(rows, (now) => {
    const at = editing.value;
    if (at === null || at.isSaving) return;
    const row = now.find(({ id }) => id === at.base.id);
    if (row === undefined) void findOut(at.base.id);
    else if (row.text !== at.base.text) set({ conflict: { kind: "changed", text: row.text } });
    else set({ conflict: null });
  });

  async function findOut(id: number): Promise<void> {
    if (editing.value?.conflict?.kind === "deleted") return;
    set({ conflict: { kind: "left" } });
    const isThere = await client.tasks.retrieve(id).then(
      () => true,
      (thrown) => !(thrown instanceof LivesetError && thrown.code === "not_found"),
    );
    if (!isThere && editing.value?.base.id === id) set({ conflict: { kind: "deleted" } });
  }

  async function finish(write: (at: Editing) => Promise<unknown>): Promise<boolean> {
    const at = editing.value;
    if (at === null) return true;
    if (at.isSaving) return false;
    set({ isSaving: true, error: null });
    try {
      await write(at);
      editing.value = null;
      return true;
    } catch (thrown) {
      const isGone = thrown instanceof LivesetError && thrown.code === "not_found";
      set({
        isSaving: false,
        error: messageOf(thrown),
        ...(isGone ? { conflict: { kind: "deleted" } as const } : {}),
      });
      return false;
    }
  }

  return {
    editing,
    start(task, index) {
      editing.value = { base: task, index, draft: task.text, conflict: null, error: null, isSaving: false };
    },
    type: (draft) => set({ draft, error: null }),
    save: () =>
      finish(async ({ base, draft, conflict }) => {
        if (conflict !== null || draft.trim() !== base.text)
          await client.tasks.patch(base.id, { text: draft });
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
    },
  };
}
