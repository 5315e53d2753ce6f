import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { same } from "../core/same.fixture.ts";
import { action } from "../server/action.ts";
import { defineApi } from "../server/define-api.ts";
import { resource } from "../server/resource.ts";
import { createClient } from "./create-client.ts";
import type { LiveHandle } from "./live-handle.ts";
import type { ListQuery, Page } from "./resource-client.ts";

/* What a client knows of an API, and what it refuses. Each refusal says why. */

const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  due: integer({ mode: "timestamp" }),
  secret: text(),
});
const seats = sqliteTable("seats", { row: integer().notNull(), letter: text().notNull() }, (seat) => [
  primaryKey({ columns: [seat.row, seat.letter] }),
]);

const api = defineApi({
  tasks: resource(tasks, {
    fields: ["id", "text", "done", "due"],
    computed: { shout: (row) => row.text.toUpperCase() },
    filters: { done: ["exact"], text: ["icontains", "in"], due: true },
    orderBy: ["id", "text"],
    actions: {
      complete: action(tasks, { run: ({ row }) => ({ completed: row.id }) }),
      move: action(tasks, { input: z.object({ to: z.number() }), run: () => null }),
      clear: action(tasks, { detail: false, input: z.object({ before: z.string() }), run: () => 3 }),
      pick: action(tasks, { detail: false, input: z.array(z.number()), run: () => null }),
      touch: action(tasks, { detail: false, run: () => null }),
    },
  }),
  seats: resource(seats, { params: { hall: z.number(), floor: z.number().optional() } }),
  status: resource(tasks),
});

const client = createClient<typeof api>("ws://localhost/ws/");

export async function rows(): Promise<void> {
  const row = await client.tasks.retrieve(1);
  same<typeof row.id, number>(true);
  same<typeof row.done, boolean>(true);
  same<typeof row.due, string | null>(true); // dates are ISO text on the wire
  same<typeof row.shout, string>(true);
  // @ts-expect-error a column that is not among the fields is not shown
  row.secret;
  // @ts-expect-error rows are immutable
  row.done = true;
  // @ts-expect-error the key is a number
  void client.tasks.retrieve("1");

  const page = await client.tasks.list({ where: { done: true }, limit: 5 });
  same<(typeof page.results)[number]["text"], string>(true);
  if (page.next !== null) void client.tasks.list(page.next);
  const gone = await client.tasks.delete(1);
  same<typeof gone, void>(true);
}

export async function fields(): Promise<void> {
  const list = client.tasks.live({ fields: ["text"], where: { done: true } });
  const [row] = list.getSnapshot().data;
  same<typeof row, { readonly id: number; readonly text: string } | undefined>(true); // the key is always shown
  // @ts-expect-error done was not asked for
  row?.done;
  const window = client.tasks.live({ fields: ["shout"], limit: 5 });
  void window.loadMore();
  same<keyof ReturnType<typeof window.getSnapshot>["data"][number], "id" | "shout">(true);
  const page = await client.tasks.list({ fields: ["id", "due"] });
  same<keyof (typeof page.results)[number], "id" | "due">(true);
  if (page.next !== null) same<Awaited<ReturnType<typeof next>>["results"], typeof page.results>(true);
  const next = () => client.tasks.list(page.next ?? {});
  const one = await client.tasks.retrieve(1, { fields: ["done"] });
  same<keyof typeof one, "id" | "done">(true);
  const live = client.tasks.liveOne(1, { fields: [] }).getSnapshot().data;
  same<typeof live, { readonly id: number } | null | undefined>(true);
  // @ts-expect-error a hidden column cannot be chosen
  client.tasks.live({ fields: ["secret"] });
  // @ts-expect-error there is no such field
  void client.tasks.retrieve(1, { fields: ["nothing"] });
  // @ts-expect-error what is counted is not shown
  client.tasks.liveCount({ fields: ["id"] });
}

export function filters(): void {
  void client.tasks.live();
  void client.tasks.live({ where: { done: true, text: { icontains: "milk" } }, orderBy: { id: "desc" } });
  void client.tasks.live({
    orderBy: { text: { direction: "asc", nulls: "last" }, id: "desc" },
    where: { OR: [{ text: { in: ["a", "b"] } }, { NOT: { due: { isnull: true } } }] },
  });
  void client.tasks.live({ search: "milk" });
  // @ts-expect-error NULL stands first or last
  void client.tasks.live({ orderBy: { id: { direction: "asc", nulls: "middle" } } });
  // @ts-expect-error secret is not declared as a filter
  void client.tasks.live({ where: { secret: "x" } });
  // @ts-expect-error done allows no other lookup than exact
  void client.tasks.live({ where: { done: { ne: true } } });
  // @ts-expect-error text does not allow exact, which equality is
  void client.tasks.live({ where: { text: "milk" } });
  // @ts-expect-error done is a boolean
  void client.tasks.live({ where: { done: "yes" } });
  // @ts-expect-error the values of in are texts
  void client.tasks.live({ where: { text: { in: [1] } } });
  // @ts-expect-error done is not declared to be ordered by
  void client.tasks.live({ orderBy: { done: "asc" } });
  // @ts-expect-error a direction is asc or desc
  void client.tasks.live({ orderBy: { id: "up" } });
  // @ts-expect-error a live window begins behind a position, not after so many rows
  void client.tasks.live({ limit: 5, offset: 5 });
  // @ts-expect-error a position is for a window, and a window has a limit
  void client.tasks.live({ after: "x" });
  const query: ListQuery<NonNullable<(typeof api)["$types"]>["tasks"]> = { limit: 5, after: "x" };
  void client.tasks.list(query);
}

export function handles(): void {
  const list = client.tasks.live(null);
  const { data } = list.getSnapshot();
  same<(typeof data)[number]["id"], number>(true);
  // @ts-expect-error a snapshot is immutable
  data.push(data[0]);
  const one = client.tasks.liveOne(null).getSnapshot().data;
  // @ts-expect-error one row may be unknown or absent
  one.id;
  const first = client.tasks.live({ where: { done: true }, orderBy: { id: "desc" }, limit: 5, total: true });
  void first.loadMore(10).then(() => first.loadMore());
  const { hasMore, total } = first.getSnapshot();
  same<typeof hasMore, boolean | undefined>(true);
  same<typeof total, number | undefined>(true);
  same<
    ReturnType<typeof first.getSnapshot>["data"],
    (typeof list)["getSnapshot"] extends () => { data: infer D } ? D : never
  >(true);
  // @ts-expect-error a whole list has no more
  list.loadMore();
  const { data: number } = client.tasks.liveCount({ where: { done: true } }).getSnapshot();
  same<typeof number, number | undefined>(true);
  // @ts-expect-error what is counted has no order
  client.tasks.liveCount({ orderBy: { id: "asc" } });
  // @ts-expect-error secret is not declared as a filter
  client.tasks.liveCount({ where: { secret: "x" } });
  const handle: LiveHandle<readonly { readonly text: string }[]> = list;
  handle.release();
}

export function writes(): void {
  void client.tasks.create({ text: "a" });
  void client.tasks.create({ text: "a", due: "2026-01-01T00:00:00.000Z" }, { mutation: "m" });
  void client.tasks.patch(1, { done: true }, { ifMatch: "tag", signal: AbortSignal.abort() });
  // @ts-expect-error text is required
  void client.tasks.create({ done: true });
  // @ts-expect-error a column that is not shown is not written
  void client.tasks.create({ text: "a", secret: "x" });
  // @ts-expect-error done is a boolean
  void client.tasks.patch(1, { done: 1 });
  // @ts-expect-error a put has all required fields
  void client.tasks.update(1, { done: true });
  // @ts-expect-error no parameters are declared
  void client.tasks.create({ text: "a" }, { params: { hall: 1 } });
}

export async function actions(): Promise<void> {
  const { actions } = client.tasks;
  const { completed } = await actions.complete(1);
  same<typeof completed, number>(true);
  void actions.complete(1, undefined, { mutation: "m" });
  void actions.move(1, { to: 2 });
  const cleared = await actions.clear({ before: "2026" }, { mutation: "m" });
  same<typeof cleared, number>(true);
  void actions.pick(null, [1, 2]);
  void actions.touch();
  // @ts-expect-error an action on one row needs its key
  void actions.complete();
  // @ts-expect-error its input is required
  void actions.move(1);
  // @ts-expect-error its input is declared
  void actions.move(1, { to: "2" });
  // @ts-expect-error an action on the resource has no key
  void actions.clear(1, { before: "2026" });
  // @ts-expect-error an array would look like a key, so null stands for it
  void actions.pick([1, 2]);
  // @ts-expect-error no such action
  void actions.vanish(1);
}

export function parameters(): void {
  void client.seats.list(undefined, { params: { hall: 1 } });
  void client.seats.retrieve([1, "a"], { params: { hall: 1, floor: 2 } });
  void client.seats.live(null, { params: { hall: 1 } });
  // @ts-expect-error hall is required
  void client.seats.list();
  // @ts-expect-error hall is required
  void client.seats.live({});
  // @ts-expect-error hall is a number
  void client.seats.list({}, { params: { hall: "1" } });
  // @ts-expect-error rows are found by both parts of the key, which is one value
  void client.seats.retrieve(1, "a", { params: { hall: 1 } });
}

export async function names(): Promise<void> {
  // A resource whose name is taken by a method is had by name.
  const { results }: Page = await client.resource("status").list();
  same<typeof results, readonly object[]>(true);
  const { connection } = client.status.getSnapshot();
  same<typeof connection, "connecting" | "live" | "catching-up" | "offline" | "paused">(true);
  const { recovery } = client.resource("status").live().getSnapshot();
  same<typeof recovery, "resumed" | "reset" | null>(true);
  // @ts-expect-error no such resource
  client.nothing;
  // @ts-expect-error no such resource
  client.resource("nothing");
}
