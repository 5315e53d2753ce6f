import { type Key, keyTextOf } from "../../core/key/key.ts";
import { canonical } from "../../core/query/canonical.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import { isExactPredicate } from "../../core/query/exactness.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { fetchRows } from "../operation/fetch-rows.ts";
import { keyOperands, sameKeyPredicate } from "../operation/key-predicate.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { Reason, RowExplanation } from "./explanation.ts";
import { readWindow } from "./judged/read-window.ts";
import type { LiveQuery } from "./live-query.ts";

/** Why a row is or is not in a query. Throws `not_found` for a key that no row can have. */
export async function explainRow(runtime: Runtime, query: LiveQuery, key: Key): Promise<RowExplanation> {
  const { database } = runtime;
  const { bound, may, window } = query;
  const { resource, predicate } = bound;
  const { info } = resource;
  const operands = keyOperands(info, key);
  const holds = async (db: Db, condition: Predicate, same: Predicate): Promise<boolean> => {
    const whole = normalize({ op: "and", of: [condition, same] });
    const rows = await fetchRows(
      db,
      { ...bound, predicate: whole, limit: 1, offset: 0, after: null },
      database.dialect,
    );
    return rows.length > 0;
  };
  const { value } = await database.read(async (db) => {
    const row = await resource.rowByKey(db, operands);
    if (row === undefined) return { exists: false, included: false, reasons: [] };
    const reasons: Reason[] = [];
    for (const condition of conjuncts(predicate)) {
      const exact = isExactPredicate(condition, info.columns, database.dialect);
      reasons.push({
        condition: canonical(condition),
        holds: exact
          ? compilePredicate(condition, info.columns)(row)
          : await holds(db, condition, sameKeyPredicate(info, row)),
      });
    }
    if (window !== null && window.limit > 0) {
      const { rows } = await readWindow(runtime, db, query, { limit: window.limit, total: false });
      const text = keyTextOf(row, info.key);
      reasons.push({
        condition: JSON.stringify(["first", window.limit]),
        holds: rows.some((other) => keyTextOf(other, info.key) === text),
      });
    }
    if (may !== null) reasons.push({ condition: '"permissions.retrieve"', holds: may(row) });
    return { exists: true, included: reasons.every((reason) => reason.holds), reasons };
  });
  return value;
}

function conjuncts(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.of : [predicate];
}
