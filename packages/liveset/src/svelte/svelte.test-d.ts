import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { get } from "svelte/store";
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
const nesting = defineApi({
  lists: resource(related.lists, { schema: related, fields: ["name"], with: { tasks: true } }),
  tasks: resource(related.tasks, { schema: related, fields: ["text"], with: { list: true } }),
});

export function lists(id: () => number): void {
  const client = useClient<typeof api>();
  const list = useLiveList(client.tasks, () => ({ where: { listId: id() }, orderBy: { id: "desc" } }));
  same<(typeof list.data)[number]["text"], string>(true);
  same<typeof list.recovery, "resumed" | "reset" | null>(true);
  const stored = get(list);
  same<(typeof stored.data)[number]["text"], string>(true);
  useLiveList(client.tasks);
  useLiveList(client.tasks, null);
  useLiveList(client.tasks, { where: { listId: 1 } }, { keepPrevious: true });
  useLiveList(() => client.tasks, { orderBy: { id: "asc" } });
  useLiveList(client.scoped, {}, { params: { list: 1 } });
  const narrow = useLiveList(client.tasks, { fields: ["text"] });
  same<keyof (typeof narrow.data)[number], "id" | "text">(true);
  // @ts-expect-error text is not declared as a filter
  useLiveList(client.tasks, { where: { text: "a" } });
  // @ts-expect-error a direction is asc or desc
  useLiveList(client.tasks, () => ({ orderBy: { id: "up" } }));
  // @ts-expect-error list is required
  useLiveList(client.scoped, {});
  // @ts-expect-error there is no such field
  useLiveList(client.tasks, { fields: ["nothing"] });
  // @ts-expect-error results are not to be written to
  list.data = [];
}

export function nested(): void {
  const client = useClient<typeof nesting>();
  const { data } = useLiveList(client.lists, () => ({ with: { tasks: { fields: ["text"], limit: 3 } } }));
  same<(typeof data)[number]["tasks"], readonly { readonly id: number; readonly text: string }[]>(true);
  // @ts-expect-error there is no such relation
  useLiveOne(client.tasks, 1, { with: { owner: true } });
}

export function windows(): void {
  const client = useClient<typeof api>();
  const window = useLiveWindow(client.tasks, { orderBy: { id: "desc" }, limit: 50, total: true });
  same<(typeof window.data)[number]["text"], string>(true);
  same<typeof window.total, number | undefined>(true);
  void window.loadMore(10);
  void get(window).loadMore();
  useLiveWindow(client.tasks, () => null);
  // @ts-expect-error a window has a limit
  useLiveWindow(client.tasks, { orderBy: { id: "desc" } });
  const count = useLiveCount(client.tasks, { where: { listId: 1 } });
  same<typeof count.data, number | undefined>(true);
  // @ts-expect-error text is not declared as a filter
  useLiveCount(client.tasks, { where: { text: "a" } });
}

export function ones(key: () => number | null): void {
  const client = useClient<typeof api>();
  const one = useLiveOne(client.tasks, key);
  same<NonNullable<typeof one.data>["text"], string>(true);
  // @ts-expect-error the row may be unknown or absent
  one.data.text;
  useLiveOne(client.tasks, () => undefined);
  // @ts-expect-error the key is a number
  useLiveOne(client.tasks, "1");
  // @ts-expect-error list is required
  useLiveOne(client.scoped, 1);
}

export async function writes(): Promise<void> {
  const client = useClient<typeof api>();
  const { mutate } = useMutate(client.tasks.patch);
  const row = await mutate(1, { text: "b" });
  same<NonNullable<typeof row>["text"], string>(true);
  // @ts-expect-error text is text
  void mutate(1, { text: 2 });
}
