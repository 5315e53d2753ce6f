import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Json, WireRow } from "../../core/json.ts";
import { baseText, readEntry } from "./entry.ts";
import { splitTransaction } from "./split-transaction.ts";
import { TransactionJoiner } from "./transaction-joiner.ts";

const entryBytes = 1_024;
const start = "e-0" as Cursor;

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 2_000 }),
  fc.string({ maxLength: 50 }),
  // Halves of surrogate pairs, which JSON escapes.
  fc
    .array(fc.constantFrom("\ud83d", "\ude00", "😀", '"', "\\", "\u0000", "é", "漢"), { maxLength: 800 })
    .map((all) => all.join("")),
);
const row: fc.Arbitrary<WireRow> = fc.record({
  id: fc.integer(),
  text,
  json: fc.jsonValue().map((value) => value as Json),
});
const contents = fc.record({
  changes: fc.array(
    fc.record({ table: fc.string({ maxLength: 10 }), before: fc.option(row), after: fc.option(row) }),
    { maxLength: 4 },
  ),
  mutations: fc.array(fc.uuid(), { maxLength: 3 }),
});
const history = fc
  .array(contents, { maxLength: 6 })
  .map((all) => all.map((each, i): Transaction => ({ cursor: `e-${i + 1}` as Cursor, ...each })));

/** The texts of each transaction. */
function textsOf(transactions: readonly Transaction[]): string[][] {
  return transactions.map((transaction, i) =>
    splitTransaction(transaction, transactions[i - 1]?.cursor ?? start, entryBytes),
  );
}

/** What a reader makes of the texts, up to the first gap. */
function join(texts: readonly string[], after = start): { transactions: Transaction[]; gap: boolean } {
  const joiner = new TransactionJoiner(after);
  const transactions: Transaction[] = [];
  for (const each of texts) {
    const joined = joiner.add(each);
    if (joined.type === "gap") return { transactions, gap: true };
    if (joined.type === "transaction") transactions.push(joined.transaction);
  }
  return { transactions, gap: false };
}

test("transactions come out of the log as they went in, in entries that are not too large", () => {
  fc.assert(
    fc.property(history, (transactions) => {
      const texts = textsOf(transactions).flat();
      for (const each of texts)
        expect(new TextEncoder().encode(each).byteLength).toBeLessThanOrEqual(entryBytes);
      const joined = join(texts);
      expect(joined.gap).toBe(false);
      expect(JSON.stringify(joined.transactions)).toBe(
        JSON.stringify(
          transactions.map(({ cursor, changes, mutations }) => ({ cursor, changes, mutations })),
        ),
      );
    }),
  );
});

test("whatever entry is missing, doubled or out of place: a gap, or all transactions as they were; never others", () => {
  const damage = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("missing", "doubled", "swapped", "spoilt"),
  });
  fc.assert(
    fc.property(history, damage, (transactions, { at, kind }) => {
      const texts = textsOf(transactions).flat();
      if (texts.length === 0) return;
      const i = at % texts.length;
      const [it = ""] = texts.splice(i, 1);
      if (kind === "doubled") texts.splice(i, 0, it, it);
      if (kind === "swapped") texts.splice(i + 1, 0, it);
      if (kind === "spoilt") texts.splice(i, 0, it.slice(1));
      const joined = join(texts);
      const expected = transactions.slice(0, joined.transactions.length);
      expect(JSON.stringify(joined.transactions)).toBe(
        JSON.stringify(expected.map(({ cursor, changes, mutations }) => ({ cursor, changes, mutations }))),
      );
      const isWhole = joined.transactions.length === transactions.length;
      // The last entries may be missing without a sign: they are still to come.
      const mayCome = kind === "missing" && i === texts.length;
      expect(isWhole || joined.gap || mayCome || kind === "swapped").toBe(true);
    }),
  );
});

test("a writer that died in the middle of a transaction leaves nothing of it", () => {
  fc.assert(
    fc.property(history, fc.nat(), fc.nat(), (transactions, which, many) => {
      const all = textsOf(transactions);
      const texts = all.flatMap((each, i) =>
        i === which % all.length ? [...each.slice(0, many % each.length), ...each] : each,
      );
      const joined = join(texts);
      expect([joined.gap, joined.transactions.length]).toEqual([false, transactions.length]);
    }),
  );
});

test.each([
  "",
  "null",
  "3",
  "{}",
  '{"v":2,"type":"base","epoch":"e","cursor":"c"}',
  '{"v":1,"type":"part","cursor":"c"}',
])("%s is no entry", (odd) => {
  expect(readEntry(odd)).toBeNull();
  expect(new TransactionJoiner(start).add(odd).type).toBe("gap");
});

test("a log's first entry says where it begins", () => {
  expect(readEntry(baseText("e", start))).toEqual({ v: 1, type: "base", epoch: "e", cursor: start });
});
