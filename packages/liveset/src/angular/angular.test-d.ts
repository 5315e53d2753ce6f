import { input, type Resource, type Signal, signal } from "@angular/core";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import * as related from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import {
  injectClient,
  injectLiveCount,
  injectLiveList,
  injectLiveOne,
  injectLiveWindow,
  injectMutate,
} from "./index.ts";

/* Rows, queries and keys are typed by the declaration in components too. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
});

export function lists(): void {
  const client = injectClient<typeof api>();
  const id = signal(3);
  const list = injectLiveList(client.tasks, () => ({ where: { listId: id() }, orderBy: { id: "desc" } }));
  const rows = list.value();
  same<(typeof rows)[number]["text"], string>(true);
  injectLiveList(client.tasks);
  injectLiveList(client.tasks, null);
  injectLiveList(client.tasks, () => undefined);
  injectLiveList(client.tasks, signal({ where: { listId: 1 } }), { keepPrevious: true });
  injectLiveList(() => client.tasks, { orderBy: { id: "asc" } });
  injectLiveList(client.scoped, {}, { params: { list: 1 } });
  injectLiveList(client.scoped, {}, () => ({ params: { list: id() } }));
  // @ts-expect-error text is not declared as a filter
  injectLiveList(client.tasks, { where: { text: "a" } });
  // @ts-expect-error a direction is asc or desc
  injectLiveList(client.tasks, () => ({ orderBy: { id: "up" } }));
  // @ts-expect-error list is required
  injectLiveList(client.scoped, {});
  // @ts-expect-error list is required
  injectLiveList(client.scoped);
  const recovery = list.recovery();
  same<typeof recovery, "resumed" | "reset" | null>(true);
  // @ts-expect-error snapshots are immutable
  rows.push();
  // @ts-expect-error what is shown is the server's, and not to be set
  list.value.set([]);
}

export function asResources(): void {
  const client = injectClient<typeof api>();
  const list = injectLiveList(client.tasks);
  const given: Resource<readonly { readonly text: string }[]> = list;
  given.value();
  const one = injectLiveOne(client.tasks, 1);
  const row: Resource<{ readonly text: string } | null | undefined> = one;
  if (row.hasValue()) same<ReturnType<typeof row.value>, { readonly text: string } | null>(true);
  if (one.hasValue()) one.value()?.text;
  // A list is never narrowed away.
  if (!list.hasValue()) list.value().length;
}

export function fields(key: Signal<number | null>): void {
  const client = injectClient<typeof api>();
  const rows = injectLiveList(client.tasks, () => ({ fields: ["text"], where: { listId: 1 } })).value();
  same<keyof (typeof rows)[number], "id" | "text">(true);
  const window = injectLiveWindow(client.tasks, { fields: [], limit: 5 }).value();
  same<keyof (typeof window)[number], "id">(true);
  const one = injectLiveOne(client.tasks, key, { fields: ["listId"] }).value();
  same<keyof NonNullable<typeof one>, "id" | "listId">(true);
  // @ts-expect-error there is no such field
  injectLiveList(client.tasks, { fields: ["nothing"] });
}

const nesting = defineApi({
  lists: resource(related.lists, { schema: related, fields: ["name"], with: { tasks: true } }),
  tasks: resource(related.tasks, { schema: related, fields: ["text"], with: { list: true } }),
});

export function nested(key: Signal<number | null>): void {
  const client = injectClient<typeof nesting>();
  const rows = injectLiveList(client.lists, () => ({
    with: { tasks: { fields: ["text"], limit: 3 } },
  })).value();
  same<(typeof rows)[number]["tasks"], readonly { readonly id: number; readonly text: string }[]>(true);
  const one = injectLiveOne(client.tasks, key, { with: { list: true } }).value();
  same<NonNullable<typeof one>["list"], { readonly id: number; readonly name: string } | null>(true);
  // @ts-expect-error there is no such relation
  injectLiveList(client.lists, () => ({ with: { tasks: true, owner: true } }));
}

export function windows(): void {
  const client = injectClient<typeof api>();
  const window = injectLiveWindow(client.tasks, { orderBy: { id: "desc" }, limit: 50, total: true });
  void window.loadMore(10);
  injectLiveWindow(client.tasks, () => null);
  injectLiveWindow(client.scoped, { limit: 5 }, { params: { list: 1 } });
  // @ts-expect-error a window has a limit
  injectLiveWindow(client.tasks, { orderBy: { id: "desc" } });
  const count = injectLiveCount(client.tasks, { where: { listId: 1 } }).value();
  same<typeof count, number | undefined>(true);
  // @ts-expect-error text is not declared as a filter
  injectLiveCount(client.tasks, { where: { text: "a" } });
}

export class TaskDetail {
  readonly id = input.required<number>();
  readonly task = injectLiveOne(injectClient<typeof api>().tasks, this.id);
  readonly save = injectMutate(injectClient<typeof api>().tasks.patch);

  async rename(): Promise<void> {
    const row = await this.save.mutate(this.id(), { text: "b" });
    same<NonNullable<typeof row>["text"], string>(true);
    // @ts-expect-error the row may be unknown or absent
    this.task.value().text;
    // @ts-expect-error text is text
    void this.save.mutate(1, { text: 2 });
  }
}

export function ones(): void {
  const client = injectClient<typeof api>();
  injectLiveOne(client.tasks, () => undefined);
  injectLiveOne(client.scoped, 1, { params: { list: 1 } });
  // @ts-expect-error the key is a number
  injectLiveOne(client.tasks, "1");
  // @ts-expect-error list is required
  injectLiveOne(client.scoped, 1);
}
