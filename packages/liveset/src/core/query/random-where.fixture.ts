import fc from "fast-check";
import type { Json, WireRow } from "../json.ts";
import type { ColumnKind, Columns } from "./column-kind.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import type { Operand } from "./predicate.ts";

/** Few values of each kind, so that they meet; among them the ones that are easily mistaken. */
const values: { readonly [K in ColumnKind]: readonly Operand[] } = {
  text: ["", "1", "A", "a", "ab", "ab\u{10ffff}", "b", "\ud7ff", "\ue000", "\uff01", "😀", "\u{10ffff}"],
  integer: [-1, 0, 1, 2, 3, "9007199254740993", "-9007199254740993"],
  real: [-1.5, 0, 0.5, 1, 1e300],
  boolean: [true, false],
  bigint: ["0", "1", "9", "10"],
  date: ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "+010000-01-01T00:00:00.000Z"],
  blob: ["", "AA==", "/w=="],
  json: [],
  opaque: [],
};

/** What a database may hold although the kind says otherwise. */
const strangers: readonly Json[] = ["x", "1", 1, -0, true, "0x1", [], { a: 1 }];

function condition(kind: ColumnKind): fc.Arbitrary<unknown> {
  const value = fc.constantFrom<Operand>("", ...values[kind]);
  return fc.constantFrom(...lookupsOfKind(kind)).chain((lookup): fc.Arbitrary<unknown> => {
    if (lookup === "isnull") return fc.boolean().map((isnull) => ({ isnull }));
    if (lookup === "in")
      return fc.array(value, { maxLength: 3 }).map((list) => ({ in: list.filter(isOf(kind)) }));
    if (lookup === "range")
      return fc.tuple(value, value).map((range) => ({ range: range.map(orFirst(kind)) }));
    return value.map((one) => ({ [lookup]: orFirst(kind)(one) }));
  });
}

const isOf = (kind: ColumnKind) => (value: Operand) => values[kind].includes(value);
const orFirst = (kind: ColumnKind) => (value: Operand) => (isOf(kind)(value) ? value : values[kind][0]);

/** Any `where` on the columns: all lookups that their kinds allow, within AND, OR and NOT. */
export function randomWhere(columns: Columns): fc.Arbitrary<Record<string, unknown>> {
  const leaves = [...columns.values()]
    .filter(({ kind }) => lookupsOfKind(kind).size > 0)
    .map(({ name, kind }) => condition(kind).map((one) => ({ [name]: one })));
  return fc.letrec<{ where: Record<string, unknown> }>((tie) => ({
    where: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 4, arbitrary: fc.oneof(...leaves) },
      { weight: 2, arbitrary: fc.array(tie("where"), { maxLength: 3 }).map((AND) => ({ AND })) },
      { weight: 1, arbitrary: fc.array(tie("where"), { maxLength: 3 }).map((OR) => ({ OR })) },
      { weight: 1, arbitrary: tie("where").map((NOT) => ({ NOT })) },
    ),
  })).where;
}

/** Any row of the columns, NULL included; where asked for, with values of other kinds as well. */
export function randomRow(
  columns: Columns,
  { strangers: strange }: { strangers: boolean },
): fc.Arbitrary<WireRow> {
  const cells = [...columns.values()].map(({ name, kind }) => [
    name,
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Json>(null, ...values[kind]) },
      { weight: strange ? 1 : 0, arbitrary: fc.constantFrom(...strangers) },
    ),
  ]);
  return fc.record(Object.fromEntries(cells) as Record<string, fc.Arbitrary<Json>>);
}
