import { describe, expect, test } from "vitest";
import { LivesetError } from "../error/liveset-error.ts";
import { columnsFrom } from "./columns.fixture.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { normalize } from "./normalize.ts";
import { parseWhere, type WhereRules } from "./parse-where.ts";

const columns = columnsFrom({
  id: "integer",
  text: "text?",
  done: "boolean",
  at: "date",
  meta: "json?",
  secret: "text",
});
const rules: WhereRules = {
  columns,
  allowed: (name) => (name === "secret" ? null : lookupsOfKind(columns.get(name)?.kind ?? "opaque")),
  limits: { filterDepth: 2, filterConditions: 5, inValues: 3 },
};

const parsed = (where: Record<string, unknown>, more: Partial<WhereRules> = {}) =>
  normalize(parseWhere(where, { ...rules, ...more }));

function fault(where: unknown, more: Partial<WhereRules> = {}): LivesetError {
  try {
    parseWhere(where as Record<string, unknown>, { ...rules, ...more });
  } catch (thrown) {
    if (thrown instanceof LivesetError) return thrown;
    throw thrown;
  }
  throw new Error("It was accepted.");
}

describe("a condition in its object form", () => {
  test("values are equality, lookups have names, all joined by AND", () => {
    expect(parsed({ done: false, id: { gt: 1, lte: 5 } })).toEqual({
      op: "and",
      of: [
        { op: "compare", column: "done", lookup: "exact", value: false },
        { op: "compare", column: "id", lookup: "gt", value: 1 },
        { op: "compare", column: "id", lookup: "lte", value: 5 },
      ],
    });
  });

  test("equality with null is isnull", () => {
    const isnull = (value: boolean) => ({ op: "compare", column: "text", lookup: "isnull", value });
    expect(parsed({ text: null })).toEqual(isnull(true));
    expect(parsed({ text: { exact: null } })).toEqual(isnull(true));
    expect(parsed({ text: { ne: null } })).toEqual(isnull(false));
  });

  test("an empty condition and an empty AND are true, an empty OR is false", () => {
    for (const where of [{}, { AND: [] }, { NOT: { OR: [] } }, { id: {} }])
      expect(parsed(where)).toEqual({ op: "true" });
    expect(parsed({ OR: [] })).toEqual({ op: "false" });
  });

  test("AND, OR and NOT nest", () => {
    expect(parsed({ OR: [{ id: 1 }, { NOT: { done: true } }] })).toEqual({
      op: "or",
      of: [
        { op: "compare", column: "done", lookup: "ne", value: true },
        { op: "compare", column: "id", lookup: "exact", value: 1 },
      ],
    });
  });

  test("the server's own code may give a Date", () => {
    expect(parsed({ at: new Date(0) })).toMatchObject({ lookup: "exact", value: "1970-01-01T00:00:00.000Z" });
  });

  test("an operand may be read by the caller's own rule", () => {
    expect(parsed({ id: 1 }, { operand: (_column, value) => Number(value) + 1 })).toMatchObject({ value: 2 });
  });

  test("a property that is undefined is absent, unless a scope refuses it", () => {
    expect(parsed({ id: undefined, OR: undefined, text: { exact: undefined } })).toEqual({ op: "true" });
    const refused = { undefinedIs: "refused" } as const;
    expect(fault({ id: undefined }, refused).errors?.[0]?.path).toEqual(["where", "id"]);
    expect(fault({ id: { exact: undefined } }, refused).errors?.[0]?.path).toEqual(["where", "id", "exact"]);
    expect(fault({ NOT: undefined }, refused).errors?.[0]?.path).toEqual(["where", "NOT"]);
  });
});

describe("what is wrong is refused with its path", () => {
  const polluted = JSON.parse('{"__proto__": {"id": 1}}') as unknown;
  test.each<[unknown, string, string]>([
    [null, "where", "invalid_type"],
    ["done", "where", "invalid_type"],
    [[], "where", "invalid_type"],
    [new Map([["id", 1]]), "where", "invalid_type"],
    [Promise.resolve({ id: 1 }), "where", "invalid_type"],
    [polluted, "where.__proto__", "not_declared"],
    [{ constructor: 1 }, "where.constructor", "not_declared"],
    [{ id: { prototype: 1 } }, "where.id.prototype", "not_declared"],
    [{ toString: "a" }, "where.toString", "not_declared"],
    [{ nope: 1 }, "where.nope", "not_declared"],
    [{ secret: "x" }, "where.secret", "not_declared"],
    [{ OR: [{ id: 1 }, { secret: "x" }] }, "where.OR.1.secret", "not_declared"],
    [{ id: { regex: ".*" } }, "where.id.regex", "unknown_lookup"],
    [{ id: { hasOwnProperty: 1 } }, "where.id.hasOwnProperty", "unknown_lookup"],
    [{ id: { contains: "1" } }, "where.id.contains", "unknown_lookup"],
    [{ done: { lt: true } }, "where.done.lt", "unknown_lookup"],
    [{ meta: "a" }, "where.meta", "unknown_lookup"],
    [{ meta: { a: 1 } }, "where.meta.a", "unknown_lookup"],
    [{ id: "1" }, "where.id", "invalid_type"],
    [{ id: [1] }, "where.id", "invalid_type"],
    [{ id: { gt: null } }, "where.id.gt", "invalid_type"],
    [{ id: { gt: { exact: 1 } } }, "where.id.gt", "invalid_type"],
    [{ id: { in: 1 } }, "where.id.in", "invalid_type"],
    [{ id: { in: [1, "2"] } }, "where.id.in.1", "invalid_type"],
    [{ id: { in: [1, null] } }, "where.id.in.1", "invalid_type"],
    [{ id: { in: new Array(2) } }, "where.id.in.0", "invalid_type"],
    [{ id: { range: [1] } }, "where.id.range", "invalid_type"],
    [{ id: { range: { 0: 1, 1: 2, length: 2 } } }, "where.id.range", "invalid_type"],
    [{ id: { isnull: 1 } }, "where.id.isnull", "invalid_type"],
    [{ at: { range: ["2024-01-01", "2024-02-30"] } }, "where.at.range.1", "invalid_value"],
    [{ AND: { id: 1 } }, "where.AND", "invalid_type"],
    [{ OR: { 0: { id: 1 }, length: 1 } }, "where.OR", "invalid_type"],
    [{ OR: [1] }, "where.OR.0", "invalid_type"],
    [{ OR: [null] }, "where.OR.0", "invalid_type"],
    [{ NOT: [{ id: 1 }] }, "where.NOT", "invalid_type"],
    [{ NOT: new Date(0) }, "where.NOT", "invalid_type"],
    [{ text: /x/ }, "where.text", "invalid_type"],
  ])("%j at %s: %s", (where, path, code) => {
    const { errors = [], code: kind } = fault(where);
    expect([kind, errors[0]?.path.join("."), errors[0]?.code]).toEqual(["invalid", path, code]);
  });

  test("the message names what is allowed, and nothing that is not declared", () => {
    expect(fault({ nope: 1 }).detail).toBe("nope cannot be filtered by; what can: id, text, done, at, meta.");
    expect(fault({ secret: 1 }).detail).toBe(
      "secret cannot be filtered by; what can: id, text, done, at, meta.",
    );
    expect(fault({ done: { lt: 1 } }).detail).toBe("done does not allow lt; allowed: exact, ne, in, isnull.");
    expect(fault({ meta: { a: 1 } }).detail).toBe(
      "meta holds JSON and cannot be compared by value; allowed: isnull.",
    );
  });
});

describe("limits are named when they are exceeded", () => {
  const limit = (where: unknown) => {
    const { code, errors } = fault(where);
    return [code, errors?.[0]?.code, errors?.[0]?.path.join(".")];
  };

  test("depth", () => {
    expect(parsed({ NOT: { OR: [{ id: 1 }] } })).toBeDefined();
    expect(limit({ NOT: { OR: [{ NOT: {} }] } })).toEqual([
      "limit_exceeded",
      "filterDepth",
      "where.NOT.OR.0.NOT",
    ]);
  });

  test("depth of a bomb, which does not overflow the stack", () => {
    const bomb = JSON.parse(`${'{"NOT":'.repeat(100_000)}{}${"}".repeat(100_000)}`) as unknown;
    expect(limit(bomb)[1]).toBe("filterDepth");
  });

  test("conditions", () => {
    const OR = (count: number) => ({ OR: Array.from({ length: count }, (_, id) => ({ id })) });
    expect(parsed(OR(5))).toBeDefined();
    expect(limit(OR(6))).toEqual(["limit_exceeded", "filterConditions", "where.OR.5.id"]);
    expect(limit({ OR: Array.from({ length: 6 }, () => ({})) })[1]).toBe("filterConditions");
    expect(limit({ OR: Array.from({ length: 6 }, () => ({ id: {} })) })[1]).toBe("filterConditions");
  });

  test("values of in", () => {
    expect(parsed({ id: { in: [1, 2, 3] } })).toBeDefined();
    expect(limit({ id: { in: [1, 1, 1, 1] } })).toEqual(["limit_exceeded", "inValues", "where.id.in"]);
  });

  test("none for the server's own conditions", () => {
    const OR = Array.from({ length: 100 }, (_, id) => ({ id, text: { in: ["a", "b", "c", "d"] } }));
    expect(parsed({ NOT: { NOT: { NOT: { OR } } } }, { limits: null })).toBeDefined();
  });
});
