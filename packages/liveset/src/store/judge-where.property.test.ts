import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../core/json.ts";
import type { Column } from "../core/query/column-kind.ts";
import { columnsFrom } from "../core/query/columns.fixture.ts";
import { compilePredicate } from "../core/query/evaluate.ts";
import { lookupsOfKind } from "../core/query/lookups-of-kind.ts";
import { parseWhere } from "../core/query/parse-where.ts";
import { randomRow, randomWhere } from "../core/query/random-where.fixture.ts";
import type { WhereRules } from "../core/query/where-rules.ts";
import { judgeWhere } from "./judge-where.ts";

/* What a client says of a condition without knowing the kinds of the columns is what the server says, or nothing. */

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const columns = columnsFrom({
  text: "text?",
  whole: "integer?",
  real: "real?",
  done: "boolean?",
  large: "bigint?",
  at: "date?",
});
const rules: WhereRules = {
  columns,
  allowed: (name) => lookupsOfKind((columns.get(name) as Column).kind),
  limits: null,
};

test(
  "a verdict is the server's; where it could be another there is none",
  () => {
    const counts = { selected: 0, refused: 0, unknown: 0, undecided: 0 };
    fc.assert(
      fc.property(randomWhere(columns), randomRow(columns, { strangers: false }), (where, row) => {
        const verdict = judgeWhere(where as Readonly<Record<string, Json>>, row);
        const selects = compilePredicate(parseWhere(where, rules), columns)(row);
        if (verdict === undefined) counts.undecided++;
        else expect(verdict === true).toBe(selects);
        if (verdict === true) counts.selected++;
        else if (verdict === false) counts.refused++;
        else if (verdict === null) counts.unknown++;
      }),
      { numRuns: 5_000 * soak },
    );
    // That it says nothing at all would be right as well, and of no use.
    expect(counts.undecided).toBeLessThan(counts.selected + counts.refused + counts.unknown);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
  },
  30_000 * soak,
);
