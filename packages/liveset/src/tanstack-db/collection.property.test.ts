import {
  and,
  BTreeIndex,
  type Collection,
  createCollection,
  createLiveQueryCollection,
  eq,
  gt,
  ilike,
  inArray,
  isNull,
  like,
  lte,
  not,
  or,
  upper,
} from "@tanstack/db";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResourcesOf } from "../client/client.ts";
import type { Fixture } from "../server/live/live.fixture.ts";
import { type api, cardsOf, connectBoards, soon, startBoards } from "./board.fixture.ts";

/*
 * Random writes, of others and of one's own, and random queries over lines that break: in the end each query has what the same query
 * has over all rows of the database that the caller may see.
 */

type Card = ResourcesOf<typeof api>["cards"]["row"];
type Cards = Collection<Card, number>;

const indexes = { autoIndex: "eager", defaultIndexType: BTreeIndex } as const;
const soak = Number(process.env.LIVESET_SOAK ?? 1);
const text = fc.constantFrom("a", "B", "ab", "Ab", "ba", "é", "10", "9", "😀", "\uFF01");
const rank = fc.constantFrom(null, 0, 1, 2, 3);
const board = fc.constantFrom(null, "a", "b", "c");

type Condition =
  | { readonly op: "text" | "textGt" | "upper" | "like" | "ilike"; readonly value: string }
  | { readonly op: "done"; readonly value: boolean }
  | { readonly op: "rank" | "rankGt" | "rankLte"; readonly value: number }
  | { readonly op: "ranks"; readonly value: readonly (number | null)[] }
  | { readonly op: "boards"; readonly value: readonly (string | null)[] }
  | { readonly op: "noBoard" }
  | { readonly op: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly op: "not"; readonly part: Condition };

const pattern = fc
  .array(fc.constantFrom("a", "b", "B", "%", "_", "é"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({ op: fc.constantFrom("text" as const, "textGt" as const, "upper" as const), value: text }),
    fc.record({ op: fc.constantFrom("like" as const, "ilike" as const), value: pattern }),
    fc.record({ op: fc.constant("done" as const), value: fc.boolean() }),
    fc.record({
      op: fc.constantFrom("rank" as const, "rankGt" as const, "rankLte" as const),
      value: fc.integer({ min: 0, max: 3 }),
    }),
    fc.record({ op: fc.constant("ranks" as const), value: fc.array(rank, { maxLength: 3 }) }),
    fc.record({ op: fc.constant("boards" as const), value: fc.array(board, { maxLength: 3 }) }),
    fc.record({ op: fc.constant("noBoard" as const) }),
    fc.record({
      op: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ op: fc.constant("not" as const), part: tie("condition") }),
  ),
}));

const spec = fc.record({
  condition: fc.option(condition),
  order: fc.option(
    fc.record({
      field: fc.constantFrom("text" as const, "rank" as const, "id" as const),
      direction: fc.constantFrom("asc" as const, "desc" as const),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  ),
});
type Spec = typeof spec extends fc.Arbitrary<infer S> ? S : never;

const id = fc.integer({ min: 1, max: 8 });
const parts = fc.record({ text, done: fc.boolean(), rank, boardId: board });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("theirs" as const),
      id,
      row: fc.option(parts),
      owner: fc.constantFrom(7, 7, 7, 8),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("mine" as const),
      id,
      row: fc.option(parts),
      bad: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("open" as const), spec }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("close" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cut" as const), forget: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("check" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

// biome-ignore lint/suspicious/noExplicitAny: the type of a row's references differs from query to query
function expression(part: Condition, card: any): ReturnType<typeof eq> {
  switch (part.op) {
    case "text":
      return eq(card.text, part.value);
    case "textGt":
      return gt(card.text, part.value);
    case "upper":
      return eq(upper(card.text), part.value);
    case "like":
      return like(card.text, part.value);
    case "ilike":
      return ilike(card.text, part.value);
    case "done":
      return eq(card.done, part.value);
    case "rank":
      return eq(card.rank, part.value);
    case "rankGt":
      return gt(card.rank, part.value);
    case "rankLte":
      return lte(card.rank, part.value);
    case "ranks":
      return inArray(card.rank, [...part.value]);
    case "boards":
      return inArray(card.boardId, [...part.value]);
    case "noBoard":
      return isNull(card.boardId);
    case "not":
      return not(expression(part.part, card));
    default: {
      const [first, second, ...others] = part.parts.map((one) => expression(one, card));
      const join = part.op === "and" ? and : or;
      return join(first as never, second as never, ...(others as never[]));
    }
  }
}

function queryOver(cards: Cards, { condition, order }: Spec): Cards {
  return createLiveQueryCollection((q) => {
    const all = q.from({ card: cards });
    const some = condition === null ? all : all.where(({ card }) => expression(condition, card));
    if (order === null) return some;
    const { field, direction, limit } = order;
    return some
      .orderBy(({ card }) => card[field], direction)
      .orderBy(({ card }) => card.id)
      .limit(limit);
  }) as unknown as Cards;
}

/** The rows of the database that the caller may see, as a collection without us. */
async function truth(fixture: Fixture): Promise<Cards> {
  const rows = (await fixture.db.all(
    sql.raw("select id, text, done, rank, boardId from cards where ownerId = 7"),
  )) as (Card & { readonly done: unknown })[];
  return createCollection<Card, number>({
    getKey: ({ id }) => id,
    defaultStringCollation: { stringSort: "lexical" },
    ...indexes,
    sync: {
      sync: ({ begin, write, commit, markReady }) => {
        begin();
        for (const row of rows) write({ type: "insert", value: { ...row, done: Boolean(row.done) } });
        commit();
        markReady();
      },
    },
  });
}

const plain = (rows: Iterable<Card>): Card[] =>
  [...rows].map(({ id, text, done, rank, boardId }) => ({ id, text, done, rank, boardId }));

class Play {
  readonly #fixture: Fixture;
  readonly #line: ReturnType<typeof connectBoards>;
  readonly #cards: Cards & ReturnType<typeof cardsOf>;
  readonly #open: { readonly spec: Spec; readonly query: Cards }[] = [];
  readonly #writes: Promise<unknown>[] = [];

  constructor(fixture: Fixture, syncMode: "eager" | "on-demand") {
    this.#fixture = fixture;
    this.#line = connectBoards(fixture);
    this.#cards = cardsOf(this.#line, { syncMode, ...indexes }) as never;
  }

  async do(step: Step): Promise<void> {
    switch (step.type) {
      case "theirs":
        return this.#theirs(step);
      case "mine":
        return this.#mine(step);
      case "open": {
        const query = queryOver(this.#cards, step.spec);
        this.#open.push({ spec: step.spec, query });
        query.preload().catch(() => {});
        return;
      }
      case "close":
        return void (await this.#open.shift()?.query.cleanup());
      case "cut":
        this.#line.cut();
        if (step.forget) await this.#fixture.run("delete from liveset_changes");
        return;
      default:
        return this.check();
    }
  }

  async #theirs({ id, row, owner }: Extract<Step, { type: "theirs" }>): Promise<void> {
    const remove = sql`delete from cards where id = ${id}`;
    if (row === null) return void (await this.#fixture.db.run(remove));
    const { text, done, rank, boardId } = row;
    await this.#fixture.db.run(sql`insert into cards (id, text, done, rank, boardId, ownerId)
      values (${id}, ${text}, ${done ? 1 : 0}, ${rank}, ${boardId}, ${owner}) on conflict do update set text = excluded.text,
      done = excluded.done, rank = excluded.rank, boardId = excluded.boardId, ownerId = excluded.ownerId`);
  }

  #mine({ id, row, bad }: Extract<Step, { type: "mine" }>): void {
    const cards = this.#cards;
    const has = cards.has(id);
    if (row === null && !has) return;
    const text = bad ? "bad" : (row?.text ?? "");
    const sent =
      row === null
        ? cards.delete(id)
        : has
          ? cards.update(id, (draft) => void Object.assign(draft, row, { text }))
          : cards.insert({ id: -1 - this.#writes.length, ...row, text });
    this.#writes.push(sent.isPersisted.promise.catch(() => {}));
  }

  async check(): Promise<void> {
    const clock = this.#line.clock;
    const settled = Promise.all([...this.#writes, ...this.#open.map(({ query }) => query.preload())]);
    let isSettled = false;
    void settled.then(() => {
      isSettled = true;
    });
    await soon(() => {
      clock.advance(5_000);
      this.#fixture.clock.advance(1_000);
      expect(isSettled).toBe(true);
    });
    await soon(async () => {
      clock.advance(1_000);
      const all = await truth(this.#fixture);
      for (const { spec, query } of this.#open) {
        const expected = queryOver(all, spec);
        await expected.preload();
        const [is, should] = [plain(query.toArray), plain(expected.toArray)];
        if (spec.order === null) for (const rows of [is, should]) rows.sort((a, b) => a.id - b.id);
        expect(is).toEqual(should);
        await expected.cleanup();
      }
    });
  }

  async end(): Promise<void> {
    await this.check();
    for (const { query } of this.#open) await query.cleanup();
    await this.#cards.cleanup();
    this.#line.client.close();
    await this.#fixture.server.close();
  }
}

test.each(["eager", "on-demand"] as const)(
  "P1: %s, queries have what the database has, whatever is written and however often the line breaks",
  async (mode) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
        const play = new Play(await startBoards(), mode);
        for (const one of steps) await play.do(one);
        await play.end();
      }),
      { numRuns: 15 * soak, endOnFailure: true },
    );
  },
  60_000 * soak,
);
