import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsFrom } from "./columns.fixture.ts";
import { normalize } from "./normalize.ts";
import type { Order } from "./order.ts";
import { decodeAfter, encodeAfter, seekPredicate } from "./seek.ts";

const columns = columnsFrom({ id: "integer", text: "text?", at: "date?" });
const order: Order = [
  { column: "text", direction: "asc" },
  { column: "at", direction: "desc" },
  { column: "id", direction: "asc" },
];

describe("a page's position", () => {
  test("is text for a URL, and reads back", () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: "grapheme" })), fc.integer(), (text, id) => {
        const values = [text, "2026-01-01T00:00:00.000Z", id];
        const after = encodeAfter(values);
        expect(after).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeAfter(after, order, columns)).toEqual(
          values.map((value) => (Object.is(value, -0) ? 0 : value)),
        );
      }),
    );
  });

  test.each([
    ["nothing", ""],
    ["no base64", "a b"],
    ["half a byte", "abcde"],
    ["no JSON", "aGVsbG8"],
    ["no list", encodeAfter({ length: 3 } as never)],
    ["too few values", encodeAfter(["a", null])],
    ["too many values", encodeAfter(["a", null, 1, 1])],
    ["a value of another kind", encodeAfter(["a", null, "1"])],
    ["null in a column that has none", encodeAfter(["a", null, null])],
    ["no such day", encodeAfter(["a", "2026-02-30", 1])],
    ["an object", encodeAfter([{} as never, null, 1])],
  ])("%s is refused", (_title, after) => {
    expect(() => decodeAfter(after, order, columns)).toThrow(
      expect.objectContaining({ code: "invalid", errors: [expect.objectContaining({ path: ["after"] })] }),
    );
  });
});

test("behind a row in an order of one column that has no NULL is one comparison", () => {
  const behind = (direction: "asc" | "desc") =>
    normalize(seekPredicate([{ column: "id", direction }], [5], columns));
  expect(behind("asc")).toEqual({ op: "compare", column: "id", lookup: "gt", value: 5 });
  expect(behind("desc")).toEqual({ op: "compare", column: "id", lookup: "lt", value: 5 });
});
