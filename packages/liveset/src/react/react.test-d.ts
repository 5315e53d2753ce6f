import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import * as related from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import {
  useClient,
  useLiveCount,
  useLiveCountSuspense,
  useLiveList,
  useLiveListSuspense,
  useLiveOne,
  useLiveOneSuspense,
  useLiveWindow,
  useLiveWindowSuspense,
  useMutate,
} from "./index.ts";

/* Rows, queries, keys and selections are typed by the declaration in components too. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
});
const nesting = defineApi({
  lists: resource(related.lists, { schema: related, fields: ["name"], with: { tasks: true } }),
  tasks: resource(related.tasks, { schema: related, fields: ["text"], with: { list: true } }),
});

export function useLists(id: number): void {
  const client = useClient<typeof api>();
  const { data, recovery } = useLiveList(client.tasks, { where: { listId: id }, orderBy: { id: "desc" } });
  same<(typeof data)[number]["text"], string>(true);
  same<typeof recovery, "resumed" | "reset" | null>(true);
  useLiveList(client.tasks);
  useLiveList(client.tasks, null);
  useLiveList(client.tasks, { where: { listId: 1 } }, { keepPrevious: true });
  useLiveList(client.scoped, {}, { params: { list: 1 } });
  const shown = useLiveListSuspense(client.tasks, { fields: ["text"] });
  same<keyof (typeof shown.data)[number], "id" | "text">(true);
  // @ts-expect-error text is not declared as a filter
  useLiveList(client.tasks, { where: { text: "a" } });
  // @ts-expect-error a direction is asc or desc
  useLiveList(client.tasks, { orderBy: { id: "up" } });
  // @ts-expect-error list is required
  useLiveList(client.scoped, {});
  // @ts-expect-error there is no such field
  useLiveListSuspense(client.tasks, { fields: ["nothing"] });
  // @ts-expect-error rows are immutable
  data.push(data[0]);
}

export function useSelections(): void {
  const client = useClient<typeof api>();
  const { data: texts } = useLiveList(client.tasks, {}, { select: (rows) => rows.map((row) => row.text) });
  same<typeof texts, string[]>(true);
  const { data: size } = useLiveWindow(client.tasks, { limit: 5 }, { select: (rows) => rows.length });
  same<typeof size, number>(true);
  const { data: name } = useLiveOne(client.tasks, 1, { select: (row) => row?.text });
  same<typeof name, string | undefined>(true);
  const { data: certain } = useLiveOneSuspense(client.tasks, 1, { select: (row) => row === null });
  same<typeof certain, boolean>(true);
  // @ts-expect-error rows have no such field
  useLiveList(client.tasks, {}, { select: (rows) => rows.map((row) => row.nothing) });
}

export function useNested(): void {
  const client = useClient<typeof nesting>();
  const { data } = useLiveList(client.lists, { with: { tasks: { fields: ["text"], limit: 3 } } });
  same<(typeof data)[number]["tasks"], readonly { readonly id: number; readonly text: string }[]>(true);
  const { data: one } = useLiveOne(client.tasks, 1, { with: { list: true } });
  same<NonNullable<typeof one>["list"], { readonly id: number; readonly name: string } | null>(true);
  // @ts-expect-error there is no such relation
  useLiveList(client.lists, { with: { tasks: true, owner: true } });
}

export function useWindows(): void {
  const client = useClient<typeof api>();
  const { data, loadMore, total } = useLiveWindow(client.tasks, { limit: 50, total: true });
  same<(typeof data)[number]["text"], string>(true);
  same<typeof total, number | undefined>(true);
  void loadMore(10);
  useLiveWindow(client.tasks, null);
  useLiveWindowSuspense(client.scoped, { limit: 5 }, { params: { list: 1 } });
  // @ts-expect-error a window has a limit
  useLiveWindow(client.tasks, { orderBy: { id: "desc" } });
  const { data: number } = useLiveCount(client.tasks);
  same<typeof number, number | undefined>(true);
  const { data: count } = useLiveCountSuspense(client.tasks, { where: { listId: 1 } });
  same<typeof count, number>(true);
  // @ts-expect-error text is not declared as a filter
  useLiveCount(client.tasks, { where: { text: "a" } });
}

export function useOnes(key: number | null): void {
  const client = useClient<typeof api>();
  const { data } = useLiveOne(client.tasks, key);
  same<NonNullable<typeof data>["text"], string>(true);
  // @ts-expect-error the row may be unknown or absent
  data.text;
  const { data: known } = useLiveOneSuspense(client.tasks, 1);
  same<undefined extends typeof known ? true : false, false>(true);
  // @ts-expect-error a key is needed to wait for a row
  useLiveOneSuspense(client.tasks, null);
  // @ts-expect-error the key is a number
  useLiveOne(client.tasks, "1");
  // @ts-expect-error list is required
  useLiveOne(client.scoped, 1);
}

export function useWrites() {
  const client = useClient<typeof api>();
  const { mutate } = useMutate(client.tasks.patch);
  return async (): Promise<void> => {
    const row = await mutate(1, { text: "b" });
    same<NonNullable<typeof row>["text"], string>(true);
    // @ts-expect-error text is text
    void mutate(1, { text: 2 });
  };
}
