import { describe, expect, test } from "vitest";
import { LivesetError } from "../error/liveset-error.ts";
import { canonical } from "./canonical.ts";
import { columnsFrom } from "./columns.fixture.ts";
import { columnsOf } from "./columns-of.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { compilePredicate } from "./evaluate.ts";
import { isExactPredicate } from "./exactness.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { normalize } from "./normalize.ts";
import { parseWhere, type WhereRules } from "./parse-where.ts";
import type { OpaquePredicate, Predicate, Relation } from "./predicate.ts";
import type { RelatedField } from "./related-fields.ts";
import { parseUrlQuery, printUrlQuery } from "./url-query.ts";

const list: Relation = { name: "list", table: "lists", from: ["listId"], to: ["id"] };
const members: Relation = { name: "members", table: "members", from: ["id"], to: ["listId"] };
const parent: Relation = { name: "parent", table: "tasks", from: ["parentId"], to: ["id"] };

const columns = columnsFrom({
  id: "integer",
  listId: "integer?",
  parentId: "integer?",
  text: "text",
  related: "text",
});
const limits = { filterDepth: 2, filterConditions: 4, inValues: 2 };

function rulesOf(kinds: WhereRules["columns"], relations: NonNullable<WhereRules["relations"]>): WhereRules {
  const allowed = (name: string) => lookupsOfKind(kinds.get(name)?.kind ?? "opaque");
  return { columns: kinds, allowed, relations, limits: null };
}
const memberRules = rulesOf(columnsFrom({ listId: "integer", userId: "integer" }), () => null);
const listRules = rulesOf(columnsFrom({ id: "integer", ownerId: "integer" }), (name) =>
  name === "members" ? { relation: members, kind: "many", rules: memberRules } : null,
);
const rules: WhereRules = rulesOf(columns, (name) => {
  if (name === "list") return { relation: list, kind: "one", rules: listRules };
  return name === "parent" ? { relation: parent, kind: "one", rules } : null;
});

const parsed = (where: Record<string, unknown>, more: Partial<WhereRules> = {}): Predicate =>
  normalize(parseWhere(where, { ...rules, ...more }));
const text = (where: Record<string, unknown>): string => canonical(parsed(where));
const owner = (value: number): Predicate => ({ op: "compare", column: "ownerId", lookup: "exact", value });
const sqlPart: OpaquePredicate = { op: "opaque", sql: null, tables: ["lists", "tasks"], text: "a = ?" };

function fault(where: Record<string, unknown>, more: Partial<WhereRules> = {}): [string, string | undefined] {
  try {
    parsed(where, more);
  } catch (thrown) {
    if (!(thrown instanceof LivesetError)) throw thrown;
    return [thrown.errors?.[0]?.path.join(".") ?? "", thrown.errors?.[0]?.code];
  }
  throw new Error("It was accepted.");
}

describe("a condition across relations", () => {
  test("to one row follows at once, to many stands in some or none", () => {
    expect(parsed({ list: { ownerId: 3 } })).toEqual({
      op: "related",
      relation: list,
      quantifier: "some",
      of: owner(3),
    });
    const none = parsed({ list: { members: { none: { userId: 3 } } } });
    expect(none).toMatchObject({ relation: list, of: { relation: members, quantifier: "none" } });
    expect(parsed({ list: {} })).toMatchObject({ op: "related", of: { op: "true" } });
  });

  test("bounds count across all levels", () => {
    const deep = { parent: { OR: [{ parent: { NOT: { OR: [{ id: 1 }] } } }] } };
    expect(parsed(deep)).toBeDefined();
    expect(fault(deep, { limits })).toEqual(["where.parent.OR.0.parent.NOT.OR", "filterDepth"]);
    const wide = {
      id: 1,
      parent: { id: 1, list: { ownerId: 1, members: { some: { userId: 1, listId: 1 } } } },
    };
    expect(fault(wide, { limits })).toEqual(["where.parent.list.members.some.listId", "filterConditions"]);
    expect(fault({ list: { ownerId: { in: [1, 2, 3] } } }, { limits })).toEqual([
      "where.list.ownerId.in",
      "inValues",
    ]);
    expect(parsed({ parent: { parent: { parent: { id: 1 } } } })).toBeDefined();
    expect(fault({ parent: { parent: { parent: { list: {} } } } })[1]).toBe("relations");
  });

  test("undefined is refused behind a relation where it is refused at all", () => {
    const refused = { undefinedIs: "refused" } as const;
    expect(fault({ list: { ownerId: undefined } }, refused)).toEqual(["where.list.ownerId", "invalid_type"]);
    expect(fault({ list: { members: { some: undefined } } }, refused)[0]).toBe("where.list.members.some");
    expect(fault({ list: { members: { some: undefined } } })).toEqual(["where.list.members", "required"]);
  });
});

describe("the normal form", () => {
  test("some and none are each other's opposites", () => {
    expect(text({ NOT: { parent: { NOT: { parent: { id: 1 } } } } })).toBe(
      canonical({
        op: "related",
        relation: parent,
        quantifier: "none",
        of: normalize({ op: "not", of: parsed({ parent: { id: 1 } }) }),
      }),
    );
    expect(text({ NOT: { NOT: { list: { ownerId: 3 } } } })).toBe(text({ list: { ownerId: 3 } }));
  });

  test("what no related row can be is constant", () => {
    expect(parsed({ list: { OR: [] } })).toEqual({ op: "false" });
    expect(
      parsed({ list: { members: { none: { userId: { in: [] } } } }, NOT: { parent: { OR: [] } } }),
    ).toMatchObject({
      op: "related",
      of: { op: "true" },
    });
  });

  test("conditions that say the same behind a relation have one form", () => {
    expect(text({ list: { AND: [{ ownerId: { in: [3, 3] } }, {}] } })).toBe(text({ list: { ownerId: 3 } }));
    expect(text({ OR: [{ list: { ownerId: 3 } }, { list: { ownerId: 3 } }] })).toBe(
      text({ list: { ownerId: 3 } }),
    );
    const renamed: Predicate = {
      op: "related",
      relation: { ...list, name: "other" },
      quantifier: "some",
      of: owner(3),
    };
    expect(canonical(renamed)).toBe(text({ list: { ownerId: 3 } }));
  });

  test("look-alikes have different forms", () => {
    const some = (relation: Relation, of: Predicate = owner(3)): Predicate => ({
      op: "related",
      relation,
      quantifier: "some",
      of,
    });
    const forms: readonly Predicate[] = [
      some(list),
      { op: "related", relation: list, quantifier: "none", of: owner(3) },
      some(list, owner(4)),
      some(list, { op: "compare", column: "ownerId", lookup: "exact", value: "3" }),
      some({ ...list, table: "members" }),
      some({ ...list, from: ["parentId"] }),
      some({ ...list, to: ["ownerId"] }),
      some({ ...list, from: ["listId", "id"], to: ["id", "ownerId"] }),
      some({ ...list, from: ["id", "listId"], to: ["id", "ownerId"] }),
      some(list, some(list)),
      owner(3),
      { op: "and", of: [some(list), some(list, owner(4))] },
      some(list, { op: "and", of: [owner(3), owner(4)] }),
      { op: "compare", column: "related", lookup: "exact", value: canonical(some(list)) },
      sqlPart,
      { ...sqlPart, text: "a = ? " },
      { ...sqlPart, tables: ["lists"] },
      { op: "not", of: sqlPart },
      { op: "compare", column: "opaque", lookup: "in", value: sqlPart.tables },
    ];
    expect(new Set(forms.map(canonical)).size).toBe(forms.length);
  });
});

describe("what a predicate reads", () => {
  const predicate = parsed({
    text: "a",
    OR: [{ list: { ownerId: 3, members: { some: { userId: 7 } } } }, { NOT: { parent: { text: "b" } } }],
  });

  test("columns of its own table, with those by which rows are related", () => {
    expect([...(columnsOf(predicate) ?? [])].sort()).toEqual(["listId", "parentId", "text"]);
    expect(columnsOf({ op: "and", of: [predicate, sqlPart] })).toBeNull();
  });

  test("tables that it depends on, each with the way there and its columns", () => {
    const found = dependenciesOf(predicate).map(({ table, path, columns: read }) => [
      table,
      path?.map(({ name }) => name).join("."),
      [...(read ?? [])].sort().join(),
    ]);
    expect(found.sort()).toEqual([
      ["lists", "list", "id,ownerId"],
      ["members", "list.members", "listId,userId"],
      ["tasks", "parent", "id,text"],
    ]);
    // The list is joined to its members by a column that no condition names.
    const bare = dependenciesOf(parsed({ list: { members: { none: {} } } }))[0];
    expect([...(bare?.columns ?? [])]).toEqual(["id"]);
    expect(dependenciesOf({ op: "not", of: sqlPart })).toMatchObject([
      { table: "lists", path: null, columns: null },
      { table: "tasks", path: null, columns: null },
    ]);
    expect(dependenciesOf(parsed({ text: "a" }))).toEqual([]);
  });

  test("no row alone tells it", () => {
    for (const part of [predicate, sqlPart, { op: "not", of: sqlPart } as const]) {
      expect(isExactPredicate(part, columns, "sqlite")).toBe(false);
      expect(() => compilePredicate(part, columns)).toThrow(TypeError);
    }
    expect(() => compilePredicate(parsed({ list: {} }), columns)).toThrow(
      'the relation "list" to the table "lists"',
    );
  });
});

describe("relations in a URL", () => {
  const column = (name: string) => ({ name, kind: "integer" as const, nullable: false });
  const toList = { name: "list", kind: "one" } as const;
  const toMembers = { name: "members", kind: "many" } as const;
  const related = new Map<string, RelatedField>([
    ["list__ownerId", { path: [toList], column: column("ownerId") }],
    ["list__members__userId", { path: [toList, toMembers], column: column("userId") }],
    ["list__members__listId", { path: [toList, toMembers], column: column("listId") }],
    ["members__userId", { path: [toMembers], column: column("userId") }],
  ]);
  const where = (url: string) =>
    parseUrlQuery(new URLSearchParams(url), columns, new Set(), related).query.where;

  test("names are joined by two underscores; behind a relation to many rows some is meant", () => {
    expect(where("list__ownerId=3&text=a")).toEqual({ list: { ownerId: 3 }, text: "a" });
    expect(where("list__ownerId__in=3,4")).toEqual({ list: { ownerId: { in: [3, 4] } } });
    expect(where("members__userId__in=1,2")).toEqual({ members: { some: { userId: { in: [1, 2] } } } });
    expect(where("list__members__userId__gt=1&list__ownerId=3&list__members__listId=2")).toEqual({
      list: { ownerId: 3, members: { some: { userId: { gt: 1 }, listId: 2 } } },
    });
    expect(where(`list__ownerId=3&where=${JSON.stringify({ list: { ownerId: 4 } })}`)).toEqual({
      list: { ownerId: 3 },
      AND: [{ list: { ownerId: 4 } }],
    });
  });

  test("only what was declared, with values of the related column's kind", () => {
    for (const url of [
      "list__id=1",
      "list=1",
      "members__some__userId=1",
      "list__ownerId=x",
      "list__ownerId__nope=1",
    ])
      expect(() => where(url), url).toThrow(LivesetError);
  });

  test("a printed condition reads back as itself", () => {
    for (const one of [
      { list: { ownerId: 3 } },
      { list: { ownerId: { in: [3, 4] } }, text: "a" },
      { list: { ownerId: 3, members: { some: { userId: 1 } } } },
      { members: { none: { userId: 1 } } },
      { members: { some: { userId: { gte: 1, lte: 2 } }, none: {} } },
      { NOT: { list: { ownerId: 3 } }, list: {} },
    ]) {
      expect(where(printUrlQuery({ where: one }).toString()), JSON.stringify(one)).toEqual(one);
    }
  });
});
