import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { storeToRefs } from "pinia";
import { ref } from "vue";
import { z } from "zod";
import type { Client } from "../client/client.ts";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import { resource } from "../server/resource.ts";
import { defineLiveStore } from "./index.ts";

/* Stores are typed by the declaration. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
});

const ofTasks = (client: Client<typeof api>) => client.tasks;
const useTasks = defineLiveStore("tasks", ofTasks, { query: () => ({ where: { listId: 1 } }) });

export async function stores(): Promise<void> {
  const store = useTasks();
  same<(typeof store.data)[number]["text"], string>(true);
  const found = store.byId(1);
  same<NonNullable<typeof found>["text"], string>(true);
  // @ts-expect-error it may not be there
  found.text;
  const { data, status } = storeToRefs(store);
  same<(typeof data.value)[number]["listId"], number | null>(true);
  same<typeof status.value, "pending" | "success" | "error">(true);
  const row = await store.patch(1, { text: "b" });
  same<typeof row.text, string>(true);
  // @ts-expect-error text is text
  void store.patch(1, { text: 2 });
  // @ts-expect-error the key is a number
  store.byId("1");
}

export const good: unknown[] = [
  defineLiveStore("a", ofTasks),
  defineLiveStore("b", ofTasks, { query: ref(null) }),
  defineLiveStore("c", (client: Client<typeof api>) => client.scoped, { params: { list: 1 } }),
];

export const bad: unknown[] = [
  // @ts-expect-error text is not declared as a filter
  defineLiveStore("a", ofTasks, { query: { where: { text: "a" } } }),
  // @ts-expect-error a store has whole rows
  defineLiveStore("b", ofTasks, { query: { fields: ["text"] } }),
  // @ts-expect-error rows have no such field
  defineLiveStore("c", ofTasks, { key: "nothing" }),
];
