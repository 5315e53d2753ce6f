import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LivesetError } from "../error/liveset-error.ts";
import type { Json } from "../json.ts";
import type { Query } from "../protocol/query.ts";
import { columnsFrom } from "./columns.fixture.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { parseUrlQuery, printUrlQuery } from "./url-query.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = columnsFrom({
  id: "integer",
  price: "real",
  done: "boolean",
  text: "text?",
  listId: "integer?",
  at: "date",
  big: "bigint",
  bytes: "blob",
  meta: "json",
  a__in: "integer",
  a: "integer",
  a__nulls_last: "integer?",
  limit: "integer",
  x_: "integer",
});
const parse = (url: string, params: string[] = []) =>
  parseUrlQuery(new URLSearchParams(url), columns, new Set(params));
const where = (url: string) => parse(url).query.where;

function fault(url: string): [path: string, code: string | undefined] {
  try {
    parse(url);
  } catch (thrown) {
    if (!(thrown instanceof LivesetError)) throw thrown;
    expect(thrown.code).toBe("invalid");
    return [thrown.errors?.[0]?.path.join(".") ?? "", thrown.errors?.[0]?.code];
  }
  throw new Error("It was accepted.");
}

describe("Django's form", () => {
  test("values have the kind of their column", () => {
    expect(
      where(
        "done=true&id=12&price=-1.5e3&text=1&listId__isnull=false&big=007&at__lt=2026-01-01&bytes=AAE%3D",
      ),
    ).toEqual({
      done: true,
      id: 12,
      price: -1500,
      text: "1",
      listId: { isnull: false },
      big: "007",
      at: { lt: "2026-01-01" },
      bytes: "AAE=",
    });
    expect(where("done=True&listId__isnull=0")).toEqual({ done: true, listId: { isnull: false } });
    expect(where("id=9007199254740993")).toEqual({ id: "9007199254740993" });
  });

  test("lists are joined by commas, or given value by value where a comma is part of one", () => {
    expect(where("id__in=1,2,3&id__range=1,5")).toEqual({ id: { in: [1, 2, 3], range: [1, 5] } });
    expect(where("id__in=1,2&id__in=3")).toEqual({ id: { in: [1, 2, 3] } });
    expect(where("id__in=")).toEqual({ id: { in: [] } });
    expect(where("text__in=a,b")).toEqual({ text: { in: ["a", "b"] } });
    expect(where("text__in=a,b&text__in=c")).toEqual({ text: { in: ["a,b", "c"] } });
    expect(where("text__in=")).toEqual({ text: { in: [""] } });
  });

  test("everything else of a query", () => {
    expect(parse("ordering=-id,text&limit=50&offset=0&after=abc&search=milk+and+honey").query).toEqual({
      orderBy: { id: "desc", text: "asc" },
      limit: 50,
      offset: 0,
      after: "abc",
      search: "milk and honey",
    });
    expect(parse("fields=id,label").query).toEqual({ fields: ["id", "label"] });
    expect(parse("with=a,a.b,c.d,c").query).toEqual({
      with: { a: { with: { b: true } }, c: { with: { d: true } } },
    });
    expect(parse(`with=${encodeURIComponent('{"a":{"limit":1}}')}`).query).toEqual({
      with: { a: { limit: 1 } },
    });
    expect([fault("with={"), fault("with=a&with=b")]).toEqual([
      ["with", "invalid_value"],
      ["with", "repeated"],
    ]);
    expect(parse("fields=").query).toEqual({ fields: [] });
    expect(fault("fields=id&fields=text")).toEqual(["fields", "repeated"]);
    expect(Object.keys(parse("ordering=text,-id").query.orderBy ?? {})).toEqual(["text", "id"]);
  });

  test("an order says where NULL stands, where it does not stand there by itself", () => {
    expect(parse("ordering=-at__nulls_first,text__nulls_last,listId").query.orderBy).toEqual({
      at: { direction: "desc", nulls: "first" },
      text: { direction: "asc", nulls: "last" },
      listId: "asc",
    });
    expect(parse("ordering=at__nulls_first,-text__nulls_last").query.orderBy).toEqual({
      at: "asc",
      text: "desc",
    });
    expect(parse("ordering=a__nulls_last,-a__nulls_last__nulls_first").query.orderBy).toEqual({
      a: { direction: "asc", nulls: "last" },
      a__nulls_last: { direction: "desc", nulls: "first" },
    });
  });

  test("declared params are collected as they are", () => {
    expect(parse("list=5&done=true", ["list"])).toEqual({
      query: { where: { done: true } },
      params: { list: "5" },
    });
    expect(parse("")).toEqual({ query: {}, params: {} });
  });

  test("the lookup after the last __ wins where the field before it exists", () => {
    expect(where("a__in=1,2")).toEqual({ a: { in: [1, 2] } });
    expect(where("a__in__exact=1")).toEqual({ a__in: { exact: 1 } });
    expect(where("x___in=1")).toEqual({ x_: { in: [1] } });
    expect(where("limit__exact=1")).toEqual({ limit: { exact: 1 } });
    const only = columnsFrom({ a__in: "integer" });
    expect(parseUrlQuery([["a__in", "1"]], only, new Set()).query.where).toEqual({ a__in: 1 });
  });

  test("where carries JSON, and is joined to what stands beside it", () => {
    expect(where('where={"OR":[{"id":1},{"done":true}]}&text=a')).toEqual({
      text: "a",
      OR: [{ id: 1 }, { done: true }],
    });
    expect(where('where={"text":"b","OR":[]}&text=a')).toEqual({ text: "a", AND: [{ text: "b", OR: [] }] });
    expect(where("text=a&text__contains=b")).toEqual({ text: { exact: "a", contains: "b" } });
  });

  test("where keeps a key that would pollute, for parseWhere to refuse", () => {
    expect(Object.keys(where('where={"__proto__":{"id":1}}&text=a') ?? {})).toEqual(["text", "__proto__"]);
    expect(parse("__proto__=1", ["__proto__"]).params).toEqual(JSON.parse('{"__proto__":"1"}'));
  });
});

describe("what is wrong is refused with its key", () => {
  test.each([
    ["nope=1", "nope", "not_declared"],
    ["__proto__=1", "__proto__", "not_declared"],
    ["nope__in=1", "nope__in", "not_declared"],
    ["text__regex=.*", "text__regex", "not_declared"],
    ["id__=1", "id__", "not_declared"],
    ["__in=1", "__in", "not_declared"],
    ["id=", "id", "invalid_value"],
    ["id=abc", "id", "invalid_value"],
    ["id=1.5", "id", "invalid_value"],
    ["id=0x10", "id", "invalid_value"],
    ["id= 1", "id", "invalid_value"],
    ["id=1e999", "id", "invalid_value"],
    ["id=99999999999999999999", "id", "invalid_type"],
    ["id__in=1,,2", "id__in", "invalid_value"],
    ["id__range=1,x", "id__range", "invalid_value"],
    ["price=NaN", "price", "invalid_value"],
    ["price=Infinity", "price", "invalid_value"],
    ["done=yes", "done", "invalid_value"],
    ["listId__isnull=null", "listId__isnull", "invalid_value"],
    ["at=2026-02-30", "at", "invalid_value"],
    ["big=1.5", "big", "invalid_value"],
    ["bytes=AAE", "bytes", "invalid_value"],
    ["done=true&done=false", "done", "repeated"],
    ["limit=1&limit=2", "limit", "repeated"],
    ["limit=-1", "limit", "invalid_value"],
    ["limit=ten", "limit", "invalid_value"],
    ["offset=1.5", "offset", "invalid_value"],
    ["offset=", "offset", "invalid_value"],
    ["ordering=nope", "ordering", "not_declared"],
    ["ordering=id,-id", "ordering", "repeated"],
    ["ordering=id,,text", "ordering", "not_declared"],
    ["ordering=id__nulls_middle", "ordering", "invalid_value"],
    ["ordering=id__nulls_", "ordering", "invalid_value"],
    ["ordering=id__nulls", "ordering", "not_declared"],
    ["ordering=nope__nulls_last", "ordering", "not_declared"],
    ["ordering=__nulls_last", "ordering", "not_declared"],
    ["ordering=id__nulls_last__nulls_last", "ordering", "not_declared"],
    ["ordering=text,-text__nulls_first", "ordering", "repeated"],
    ["where={", "where", "invalid_value"],
    ["where=[]", "where", "invalid_type"],
    ["where=null", "where", "invalid_type"],
  ])("%s", (url, key, code) => {
    expect(fault(url)).toEqual([key, code]);
  });
});

describe("printing", () => {
  const print = (query: Query) => decodeURIComponent(String(printUrlQuery(query)).replaceAll("+", " "));

  test("is as a person would write it", () => {
    const query: Query = {
      where: { done: false, text: { icontains: "milk" }, id: { in: [1, 2], gt: 0 } },
      search: "soy",
      orderBy: { id: "desc", text: "asc" },
      limit: 50,
      offset: 0,
      after: "abc",
    };
    expect(print(query)).toBe(
      "done=false&text__icontains=milk&id__in=1,2&id__gt=0&search=soy&ordering=-id,text&limit=50&offset=0&after=abc",
    );
  });

  test("leaves to JSON what has no such form", () => {
    expect(print({ where: { done: true, OR: [{ id: 1 }], text: null, a__in: 1 } })).toBe(
      'done=true&where={"OR":[{"id":1}],"text":null,"a__in":1}',
    );
    expect(print({ where: { text: { in: ["a,b"] } } })).toBe('where={"text":{"in":["a,b"]}}');
    expect(print({ where: { bytes: { in: [""] } } })).toBe('where={"bytes":{"in":[""]}}');
    expect(print({ where: { text: { in: ["a,b", "c"] } } })).toBe("text__in=a,b&text__in=c");
  });

  test("skips what is undefined, as JSON does", () => {
    expect(
      print({
        where: { done: undefined, text: { exact: undefined, ne: "a" } },
        limit: undefined,
      } as unknown as Query),
    ).toBe("text__ne=a");
  });

  test("says where NULL stands only where it must", () => {
    const orderBy = {
      id: { direction: "desc", nulls: "last" },
      at: { direction: "asc", nulls: "last" },
      text: { direction: "desc", nulls: "first" },
    };
    expect(print({ orderBy })).toBe("ordering=-id,at__nulls_last,-text__nulls_first");
  });

  test("refuses a direction that is none", () => {
    expect(() => printUrlQuery({ orderBy: { id: "up" } })).toThrow("direction of id");
    expect(() => printUrlQuery({ orderBy: { id: { direction: "asc", nulls: "up" } } })).toThrow(
      "nulls of id",
    );
  });
});

const text = fc.oneof(
  fc.constantFrom("", ",", "a,b", "a&b=c", "%", "+", "null", "true", "1", "__", "😀", "\0"),
  fc.string({ unit: "grapheme" }),
);
const wireValue: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  id: fc.maxSafeInteger(),
  price: fc.double({ noNaN: true, noDefaultInfinity: true }),
  done: fc.boolean(),
  text,
  listId: fc.integer(),
  at: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  big: fc.bigInt().map(String),
  bytes: fc.constantFrom("", "AAE=", "+/+/"),
  a__in: fc.integer(),
  a: fc.integer(),
  a__nulls_last: fc.integer(),
  limit: fc.integer(),
  x_: fc.integer(),
};

function arbitraryField(name: string): fc.Arbitrary<Json> {
  const value = (wireValue[name] ?? fc.constant(null)).map((one) => (Object.is(one, -0) ? 0 : one));
  const lookup = (known: string): fc.Arbitrary<Json> => {
    if (known === "isnull") return fc.boolean();
    if (known === "in") return fc.array(value, { maxLength: 3 });
    if (known === "range") return fc.tuple(value, value);
    return value;
  };
  const known = [...lookupsOfKind(columns.get(name)?.kind ?? "opaque")];
  const lookups = fc.record(Object.fromEntries(known.map((one) => [one, lookup(one)])), { requiredKeys: [] });
  return fc.oneof(value, lookups as fc.Arbitrary<Json>, fc.constant(null));
}

const fields = fc.record(
  Object.fromEntries(Object.keys(wireValue).map((name) => [name, arbitraryField(name)])),
  { requiredKeys: [] },
);
const condition = fc.oneof(
  fields,
  fc
    .tuple(fields, fc.array(fields, { maxLength: 2 }), fields)
    .map(([flat, OR, NOT]) => ({ ...flat, OR, NOT })),
) as fc.Arbitrary<Record<string, Json>>;
const natural = fc.nat();
const arbitraryQuery = fc.record(
  {
    where: condition,
    search: text,
    orderBy: fc.dictionary(
      fc.constantFrom("id", "text", "a__in", "a", "a__nulls_last", "limit"),
      fc.constantFrom<Json>(
        "asc",
        "desc",
        { direction: "asc", nulls: "last" },
        { direction: "desc", nulls: "first" },
      ),
    ),
    limit: natural,
    offset: natural,
    after: fc.string(),
    fields: fc.array(fc.stringMatching(/^\w+$/)),
  },
  { requiredKeys: [] },
);

test("a printed query reads back as itself", () => {
  fc.assert(
    fc.property(arbitraryQuery, (query) => {
      const read = parseUrlQuery(new URLSearchParams(printUrlQuery(query).toString()), columns, new Set());
      expect(read.query).toEqual(query);
      expect(Object.keys(read.query.orderBy ?? {})).toEqual(Object.keys(query.orderBy ?? {}));
    }),
    { numRuns: 1000 * soak },
  );
});
