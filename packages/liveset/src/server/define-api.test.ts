import { blob, customType, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { z } from "zod";
import { action } from "./action.ts";
import { defineApi } from "./define-api.ts";
import { type Resource, resource } from "./resource.ts";

const money = customType<{ data: { cents: number } }>({ dataType: () => "text" });
const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull(),
  tags: text({ mode: "json" }),
  image: blob(),
  price: money(),
});
const notes = sqliteTable("notes", { id: integer().primaryKey() });

/** As an author without types writes it. */
function loose(options: object): Resource {
  return resource(tasks, options as never);
}

const faults: readonly (readonly [string, object, string])[] = [
  [
    "an unknown field",
    { fields: ["colour"] },
    'fields names "colour", which is not a column of the table "tasks".',
  ],
  ["an unknown filter", { filters: ["colour"] }, 'filters names "colour", which is not a column'],
  ["an unknown order", { orderBy: ["colour"] }, 'orderBy names "colour", which is not a column'],
  ["an unknown default order", { defaultOrder: { colour: "asc" } }, 'defaultOrder names "colour"'],
  [
    "a default order that is none",
    { defaultOrder: { text: "up" } },
    'defaultOrder.text must be "asc", "desc" or {',
  ],
  [
    "a place of NULL that is none",
    { defaultOrder: { text: { direction: "asc", nulls: "middle" } } },
    'defaultOrder.text must be "asc", "desc" or {',
  ],
  ["an unknown search field", { search: ["colour"] }, 'search names "colour", which is not a column'],
  ["an unknown read-only column", { readOnly: ["colour"] }, 'readOnly names "colour", which is not a column'],
  [
    "a filter on a hidden column",
    { fields: ["id"], filters: ["text"] },
    'filters names "text", which is not among the fields',
  ],
  [
    "an order by a hidden column",
    { fields: ["id"], orderBy: ["text"] },
    'orderBy names "text", which is not among the fields',
  ],
  [
    "a search in a hidden column",
    { fields: ["id"], search: ["text"] },
    'search names "text", which is not among the fields',
  ],
  [
    "a default order by a hidden column",
    { fields: ["id"], defaultOrder: { text: "asc" } },
    'defaultOrder names "text"',
  ],
  [
    "a lookup that the kind does not allow",
    { filters: { done: ["icontains"] } },
    'filters.done has the lookup "icontains", which a column of kind boolean does not allow.',
  ],
  [
    "a filter by a custom type",
    { filters: { price: ["exact"] } },
    'filters names "price", but a column of kind opaque cannot be filtered by.',
  ],
  [
    "an order by JSON",
    { orderBy: ["tags"] },
    'orderBy names "tags", but a column of kind json cannot be sorted by.',
  ],
  [
    "a search in what is not text",
    { search: ["done"] },
    'search names "done", which is of kind boolean, not text.',
  ],
  [
    "a param with a reserved name",
    { params: { limit: z.string() } },
    'The param "limit" has the name of a reserved query key.',
  ],
  [
    "a param with a filter's name",
    { params: { text: z.string() }, filters: ["text"] },
    'The param "text" has the name of a filter.',
  ],
  [
    "an action named like an operation",
    { actions: { patch: action(tasks, { run: () => null }) } },
    'The action "patch" has the name of an operation.',
  ],
  [
    "an action with an unsafe name",
    { actions: { "a/b": action(tasks, { run: () => null }) } },
    'The action "a/b" has a name that cannot stand in a URL',
  ],
  [
    "an action of another table",
    { actions: { go: action(notes, { run: () => null }) } },
    'The action "go" was declared for another table.',
  ],
  [
    "a computed field named like a column",
    { computed: { text: () => 1 } },
    'The computed field "text" has the name of a column.',
  ],
  [
    "a page larger than the largest",
    { pageSize: 50, maxPageSize: 10 },
    "pageSize (50) is larger than maxPageSize (10).",
  ],
  ["a page of no rows", { pageSize: 0 }, "pageSize must be a whole number above 0."],
];

test.each(faults)("%s is refused when it is declared", (_, options, message) => {
  expect(() => defineApi({ tasks: loose(options) })).toThrow(`Resource "tasks": ${message}`);
});

test("all faults are named at once", () => {
  const declare = () =>
    defineApi({ tasks: loose({ fields: ["a"] }), notes: resource(notes, { model: "tasks" }) });
  expect(declare).toThrow(
    /Resource "tasks": fields names "a".*\nResource "notes": the model label "tasks" is that of "tasks"\./,
  );
});

test.each(["__proto__", "a/b", "", "1st", "constructor"])("a resource cannot be named %j", (name) => {
  const resources = Object.fromEntries([[name, resource(notes)]]);
  expect(() => defineApi(resources)).toThrow(`Resource "${name}": a name consists of`);
});

test("a table without a key is refused with the resource's name", () => {
  const loners = sqliteTable("loners", { text: text() });
  expect(() => defineApi({ loners: resource(loners) })).toThrow(/loners.*no primary key/);
});
