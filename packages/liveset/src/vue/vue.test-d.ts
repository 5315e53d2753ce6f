import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Ref, ref } from "vue";
import { z } from "zod";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import * as related from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import { useClient, useLiveCount, useLiveList, useLiveOne, useLiveWindow, useMutate } from "./index.ts";

/* Rows, queries and keys are typed by the declaration in components too. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
});

export function lists(): void {
  const client = useClient<typeof api>();
  const id = ref(3);
  const { data } = useLiveList(client.tasks, () => ({
    where: { listId: id.value },
    orderBy: { id: "desc" },
  }));
  same<(typeof data.value)[number]["text"], string>(true);
  void useLiveList(client.tasks);
  void useLiveList(client.tasks, null);
  void useLiveList(client.tasks, ref({ where: { listId: 1 } }), { keepPrevious: true });
  void useLiveList(() => client.tasks, { orderBy: { id: "asc" } });
  void useLiveList(client.scoped, {}, { params: { list: 1 } });
  // @ts-expect-error text is not declared as a filter
  void useLiveList(client.tasks, { where: { text: "a" } });
  // @ts-expect-error a direction is asc or desc
  void useLiveList(client.tasks, () => ({ orderBy: { id: "up" } }));
  // @ts-expect-error list is required
  void useLiveList(client.scoped, {});
  const { recovery } = useLiveList(client.tasks);
  same<typeof recovery.value, "resumed" | "reset" | null>(true);
  // @ts-expect-error snapshots are immutable
  data.value = [];
}

export function fields(key: Ref<number | null>): void {
  const client = useClient<typeof api>();
  const { data } = useLiveList(client.tasks, () => ({ fields: ["text"], where: { listId: 1 } }));
  same<keyof (typeof data.value)[number], "id" | "text">(true);
  const { data: window } = useLiveWindow(client.tasks, { fields: [], limit: 5 });
  same<keyof (typeof window.value)[number], "id">(true);
  const { data: one } = useLiveOne(client.tasks, key, { fields: ["listId"] });
  same<keyof NonNullable<typeof one.value>, "id" | "listId">(true);
  // @ts-expect-error there is no such field
  void useLiveList(client.tasks, { fields: ["nothing"] });
}

const nesting = defineApi({
  lists: resource(related.lists, { schema: related, fields: ["name"], with: { tasks: true } }),
  tasks: resource(related.tasks, { schema: related, fields: ["text"], with: { list: true } }),
});

export function nested(key: Ref<number | null>): void {
  const client = useClient<typeof nesting>();
  const { data } = useLiveList(client.lists, () => ({ with: { tasks: { fields: ["text"], limit: 3 } } }));
  same<(typeof data.value)[number]["tasks"], readonly { readonly id: number; readonly text: string }[]>(true);
  const { data: window } = useLiveWindow(client.lists, { with: { tasks: true }, limit: 5 });
  same<keyof (typeof window.value)[number], "id" | "name" | "tasks">(true);
  const { data: one } = useLiveOne(client.tasks, key, { with: { list: true } });
  same<NonNullable<typeof one.value>["list"], { readonly id: number; readonly name: string } | null>(true);
  // @ts-expect-error there is no such relation
  void useLiveList(client.lists, () => ({ with: { tasks: true, owner: true } }));
  // @ts-expect-error there is no such relation
  void useLiveOne(client.tasks, key, { with: { owner: true } });
}

export function windows(): void {
  const client = useClient<typeof api>();
  const { data, loadMore } = useLiveWindow(client.tasks, { orderBy: { id: "desc" }, limit: 50, total: true });
  same<(typeof data.value)[number]["text"], string>(true);
  void loadMore(10);
  void useLiveWindow(client.tasks, () => null);
  void useLiveWindow(client.scoped, { limit: 5 }, { params: { list: 1 } });
  // @ts-expect-error a window has a limit
  void useLiveWindow(client.tasks, { orderBy: { id: "desc" } });
  const count = useLiveCount(client.tasks, { where: { listId: 1 } });
  same<typeof count.data.value, number | undefined>(true);
  // @ts-expect-error text is not declared as a filter
  void useLiveCount(client.tasks, { where: { text: "a" } });
}

export function ones(key: Ref<number | null>): void {
  const client = useClient<typeof api>();
  const { data } = useLiveOne(client.tasks, key);
  same<NonNullable<typeof data.value>["text"], string>(true);
  // @ts-expect-error the row may be unknown or absent
  data.value.text;
  void useLiveOne(client.tasks, () => undefined);
  void useLiveOne(client.scoped, 1, { params: { list: 1 } });
  // @ts-expect-error the key is a number
  void useLiveOne(client.tasks, "1");
  // @ts-expect-error list is required
  void useLiveOne(client.scoped, 1);
}

export async function awaited(): Promise<void> {
  const client = useClient<typeof api>();
  const { data } = await useLiveList(client.tasks, { fields: ["text"] });
  same<keyof (typeof data.value)[number], "id" | "text">(true);
  const { loadMore, hasMore } = await useLiveWindow(client.tasks, { limit: 5 });
  same<typeof hasMore.value, boolean>(true);
  void loadMore();
  const { data: one } = await useLiveOne(client.tasks, 1);
  same<NonNullable<typeof one.value>["text"], string>(true);
  // @ts-expect-error what is awaited is no promise any more
  void (await useLiveOne(client.tasks, 1)).then;
}

export async function writes(): Promise<void> {
  const client = useClient<typeof api>();
  const { mutate } = useMutate(client.tasks.patch);
  const row = await mutate(1, { text: "b" });
  same<NonNullable<typeof row>["text"], string>(true);
  // @ts-expect-error text is text
  void mutate(1, { text: 2 });
}
