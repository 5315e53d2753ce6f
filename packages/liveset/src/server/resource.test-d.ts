import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import type { ApiTypes } from "../core/api-types.ts";
import type { Equal } from "../core/same.fixture.ts";
import { action } from "./action.ts";
import { defineApi } from "./define-api.ts";
import { resource } from "./resource.ts";

const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  due: integer({ mode: "timestamp_ms" }),
  size: blob({ mode: "bigint" }),
  listId: integer().notNull(),
  secret: text().notNull(),
});
const notes = sqliteTable("notes", { slug: text().primaryKey(), body: text().notNull() });

const declared = resource(tasks, {
  fields: ["text", "done", "due", "size", "listId"],
  computed: { label: (row) => `${row.text} ${row.secret.length}`, history: () => [{ at: new Date() }] },
  params: { list: z.coerce.number().optional(), token: z.string() },
  scope: ({ params, user }) => ({ listId: params.list ?? 0, secret: String(user?.id) }),
  filters: { text: ["icontains"], done: true },
  orderBy: ["text"],
  readOnly: ["done"],
  hooks: {
    beforeCreate: (_, values) => ({ ...values, secret: "x" }),
    afterUpdate: (_, row, before) => void (row.due?.getTime() === before.due?.getTime()),
  },
  permissions: { create: ({ user }) => user !== null, patch: (_, row) => !row.done },
  actions: {
    complete: action(tasks, { run: ({ row }) => ({ id: row.id, due: row.due }) }),
    clear: action(tasks, {
      detail: false,
      input: z.object({ before: z.number() }),
      run: ({ input }) => input.before,
    }),
  },
});
const api = defineApi({ tasks: declared, notes: resource(notes) });
api satisfies ApiTypes;

type Types = NonNullable<(typeof api)["$types"]>;
type Task = Types["tasks"];
type Flat<T> = { [K in keyof T]: T[K] };
function isTrue<_T extends true>(): void {}

isTrue<Equal<Task["key"], number>>();
isTrue<Equal<Types["notes"]["key"], string>>();
isTrue<Equal<Task["orderBy"], "text">>();
isTrue<Equal<Flat<Task["filters"]>["text"], "icontains">>();
isTrue<Equal<Flat<Task["params"]>, { readonly list?: unknown; readonly token: string }>>();
isTrue<Equal<Task["actions"]["complete"]["result"], { readonly id: number; readonly due: string | null }>>();
isTrue<Equal<Task["actions"]["clear"]["input"], { before: number }>>();
isTrue<Equal<Task["actions"]["clear"]["detail"], false>>();

isTrue<Equal<keyof Task["filters"], "text" | "done">>();
isTrue<Equal<keyof Task["actions"], "complete" | "clear">>();
isTrue<Equal<keyof Types, "tasks" | "notes">>();

declare const row: Task["row"];
row.id satisfies number;
row.due satisfies string | null;
row.size satisfies string | null;
row.label satisfies string;
row.history[0]?.at satisfies string | undefined;
// @ts-expect-error a hidden column is not part of the row
row.secret;

({ text: "a", listId: 1 }) satisfies Task["create"];
({ id: 7, text: "a", listId: 1, due: "2026-11-21T00:00:00.000Z" }) satisfies Task["create"];
// @ts-expect-error text and listId are required
({}) satisfies Task["create"];
// @ts-expect-error a hidden column is not writable
({ text: "a", listId: 1, secret: "x" }) satisfies Task["create"];
// @ts-expect-error done is read-only
({ text: "a", listId: 1, done: true }) satisfies Task["create"];
({ text: "a" }) satisfies Task["patch"];
({ body: "a" }) satisfies Types["notes"]["update"];
// @ts-expect-error PUT wants all required fields
({}) satisfies Types["notes"]["update"];

// @ts-expect-error no such column
resource(tasks, { fields: ["id", "colour"] });
resource(tasks, { defaultOrder: { text: { direction: "desc", nulls: "first" }, id: "asc" } });
// @ts-expect-error no such place of NULL
resource(tasks, { defaultOrder: { text: { direction: "desc", nulls: "middle" } } });
// @ts-expect-error no such column to order by
resource(tasks, { defaultOrder: { nope: "asc" } });
// @ts-expect-error no such column to filter by
resource(tasks, { filters: ["colour"] });
// @ts-expect-error no such lookup
resource(tasks, { filters: { text: ["like"] } });
// @ts-expect-error the value of a scope has the column's type
resource(tasks, { scope: () => ({ listId: "one" }) });
// @ts-expect-error a param must be declared to be used
resource(tasks, { params: { list: z.string() }, scope: ({ params }) => ({ text: params.other }) });
// @ts-expect-error an action belongs to its own table
resource(tasks, { actions: { shout: action(notes, { run: () => null }) } });
// @ts-expect-error a collection action has no row
action(tasks, { detail: false, run: ({ row }) => row.id });

const byCaller = resource(notes, {
  computed: { length: (row) => row.body.length },
  fieldsFor: ({ user }) => (user === null ? ["length"] : ["body", "length"]),
});
type SeenNote = NonNullable<(typeof byCaller)["$types"]>["row"];
// What some callers are not shown may be missing, the key never.
const seenNote: SeenNote = { slug: "a" };
export const seenBody: string | undefined = seenNote.body;
// @ts-expect-error the key is always shown
export const keyless: SeenNote = { body: "b" };
