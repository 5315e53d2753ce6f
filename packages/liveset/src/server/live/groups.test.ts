import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { canonical } from "../../core/query/canonical.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import { compileResource } from "../compile-resource.ts";
import type { Context } from "../context.ts";
import { resource } from "../resource.ts";
import { Groups } from "./groups.ts";
import type { LiveQuery } from "./live-query.ts";
import type { Subscriber } from "./subscriber.ts";

const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  ownerId: integer().notNull(),
  listId: integer().notNull(),
  text: text().notNull(),
  note: text(),
});
const compiled = compileResource("tasks", resource(tasks, { fields: ["text"], scope: () => ({}) }));
const equal = (column: string, value: Operand): Predicate => ({
  op: "compare",
  column,
  lookup: "exact",
  value,
});

function query(scope: Predicate, filter: Predicate): LiveQuery {
  const predicate: Predicate = { op: "and", of: [filter, scope] };
  const page = { order: [], limit: 1, offset: 0, after: null };
  const bound = {
    resource: compiled,
    context: {} as Context,
    predicate,
    scope,
    projection: compiled.projection,
    nested: [],
    ...page,
  };
  return { bound, isList: true, window: null, order: [], text: canonical(predicate), may: null, traced: [] };
}
const subscriber = (): Subscriber => ({ audience: { changes() {}, commit() {} }, fail() {}, reset() {} });
const row = { id: 1, ownerId: 1, listId: 1, text: "milk", note: null };
const numbers = (groups: Groups, before: typeof row | null, after: object | null) =>
  [...groups.candidates({ table: "tasks", before, after: after === null ? null : { ...row, ...after } })].map(
    ({ number }) => number,
  );

test("a group is found by the changes that may concern it until the last who holds it lets go", () => {
  const groups = new Groups("sqlite");
  const [one, other] = [subscriber(), subscriber()];
  const mine = query(equal("ownerId", 1), equal("listId", 1));
  const group = groups.join(mine, "plan", one);
  expect(groups.join(mine, "plan", other)).toBe(group);
  groups.leave(group, one);
  expect(numbers(groups, null, {})).toEqual([group.number]);
  groups.leave(group, other);
  expect(numbers(groups, null, {})).toEqual([]);
  expect(groups.size).toBe(0);
});

test("who lets go late does not harm the group that took its place", () => {
  const groups = new Groups("sqlite");
  const [late, now] = [subscriber(), subscriber()];
  const mine = query(equal("ownerId", 1), equal("listId", 1));
  const old = groups.join(mine, "plan", late);
  groups.leave(old, late);
  const group = groups.join(mine, "plan", now);
  groups.leave(old, late);
  expect(groups.find(mine.text)).toBe(group);
  expect(numbers(groups, null, {})).toEqual([group.number]);
});

test("an update of columns that a group neither shows nor asks for does not come to it", () => {
  const groups = new Groups("sqlite");
  const { number } = groups.join(query(equal("ownerId", 1), equal("listId", 1)), "plan", subscriber());
  expect(numbers(groups, row, { note: "soon" })).toEqual([]);
  expect(numbers(groups, row, { text: "bread" })).toEqual([number]);
  expect(numbers(groups, row, { listId: 2 })).toEqual([number]);
  expect(numbers(groups, row, null)).toEqual([number]);
});

test("where a filter narrows as well as the scope, a group is found by its scope", () => {
  const groups = new Groups("sqlite");
  const { number } = groups.join(query(equal("listId", 1), equal("ownerId", 1)), "plan", subscriber());
  expect(numbers(groups, null, { ownerId: 2 })).toEqual([number]);
  expect(numbers(groups, null, { listId: 2 })).toEqual([]);
});
