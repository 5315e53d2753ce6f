import type { Signal } from "@angular/core";
import { signalStore, signalStoreFeature, type, withComputed, withMethods, withState } from "@ngrx/signals";
import type { EntityState } from "@ngrx/signals/entities";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { injectClient } from "../angular/index.ts";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import { resource } from "../server/resource.ts";
import { withLiveEntities } from "./index.ts";

/* Entities are typed by the declaration. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
});
type Row = { readonly id: number; readonly text: string; readonly listId: number | null };

const tasksOf = () => injectClient<typeof api>().tasks;

/** What somebody wrote for `withEntities`. */
// The parameter that is not used is what NgRX asks for: https://ngrx.io/guide/signals/signal-store/custom-store-features
function withSelected<_>() {
  return signalStoreFeature(
    { state: type<EntityState<Row>>() },
    withState<{ selectedId: number | null }>({ selectedId: null }),
    withComputed(({ entityMap, selectedId }) => ({
      selected: () => entityMap()[selectedId() ?? 0] ?? null,
    })),
  );
}

export const TaskStore = signalStore(
  withState({ listId: 1 as number | null }),
  withLiveEntities(tasksOf, ({ listId }) => {
    const id = listId();
    return id === null ? null : { where: { listId: id }, orderBy: { id: "desc" } };
  }),
  withSelected(),
  withMethods(({ entities }) => ({ first: () => entities()[0]?.text })),
);

export function stores(store: InstanceType<typeof TaskStore>): void {
  const rows = store.entities();
  same<(typeof rows)[number]["text"], string>(true);
  same<ReturnType<typeof store.ids>[number], string | number>(true);
  same<ReturnType<typeof store.connection>, "connecting" | "live" | "catching-up" | "offline" | "paused">(
    true,
  );
  same<boolean, ReturnType<typeof store.reload>>(true);
  const selected: Signal<Row | null> = store.selected;
  selected();
  // @ts-expect-error hasValue is what `isLoading` and `updatedAt` say
  store.hasValue();
}

export const Named = signalStore(
  withLiveEntities(tasksOf, () => ({ fields: ["text"] }), { collection: "task" }),
  withLiveEntities(() => injectClient<typeof api>().scoped, undefined, {
    params: { list: 1 },
    collection: "other",
    selectId: ({ text }) => text,
  }),
);

export function named(store: InstanceType<typeof Named>): void {
  const rows = store.taskEntities();
  same<keyof (typeof rows)[number], "id" | "text">(true);
  store.otherEntityMap();
  store.taskIsStale();
  // @ts-expect-error it has its collection's name
  store.entities();
}

export const wrong = [
  // @ts-expect-error a direction is asc or desc
  signalStore(withLiveEntities(tasksOf, () => ({ orderBy: { id: "up" } }))),
  // @ts-expect-error a list is a number
  signalStore(withLiveEntities(tasksOf, () => ({ where: { listId: "a" } }))),
  // @ts-expect-error list is required
  signalStore(withLiveEntities(() => injectClient<typeof api>().scoped)),
];
