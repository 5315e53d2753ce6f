import { BTreeIndex, createLiveQueryCollection, eq, gt, not, upper } from "@tanstack/db";
import { expect, onTestFinished, test } from "vitest";
import type { Fixture } from "../server/live/live.fixture.ts";
import {
  type BoardLine,
  boardsOf,
  card,
  cardsOf,
  connectBoards,
  soon,
  startBoards,
  texts,
} from "./board.fixture.ts";

const onDemand = { syncMode: "on-demand", autoIndex: "eager", defaultIndexType: BTreeIndex } as const;

interface Started {
  readonly fixture: Fixture;
  readonly line: BoardLine;
  readonly cards: ReturnType<typeof cardsOf>;
}

async function started(): Promise<Started> {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  return { fixture, line, cards: cardsOf(line, onDemand) };
}

/** The queries of the lists that the server was asked for. */
function asked({ sent }: BoardLine): unknown[] {
  return sent.flatMap((frame) => (frame.type === "subscribe" ? [frame.query ?? {}] : []));
}

const ended = ({ sent }: BoardLine): number => sent.filter(({ type }) => type === "unsubscribe").length;

function ending<T extends { cleanup(): Promise<void> }>(query: T): T {
  onTestFinished(() => query.cleanup());
  return query;
}

test("nothing is asked for until a query asks, and then what it asks for", async () => {
  const { fixture, line, cards } = await started();
  await cards.preload();
  expect(cards.status).toBe("ready");
  expect(asked(line)).toEqual([]);
  const open = ending(
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.done, false))),
  );
  await open.preload();
  expect(asked(line)).toEqual([{ where: { done: false } }]);
  expect(texts(cards.values())).toEqual(["loose", "mail", "milk"]);
  await fixture.transaction(
    "update cards set done = 1 where id = 1",
    "update cards set done = 0 where id = 2",
  );
  await soon(() => expect(texts(open.values())).toEqual(["bread", "loose", "mail"]));
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail"]);
});

test("equal subsets are one list, which is given up with the last query", async () => {
  const { line, cards } = await started();
  const open = () =>
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.boardId, "a")));
  const [one, two] = [open(), ending(open())];
  await Promise.all([one.preload(), two.preload()]);
  expect(asked(line)).toEqual([{ where: { boardId: "a" } }]);
  await one.cleanup();
  line.clock.advance(5_000);
  expect(ended(line)).toBe(0);
  expect(cards.size).toBe(2);
  await two.cleanup();
  line.clock.advance(5_000);
  await soon(() => expect(ended(line)).toBe(1));
  expect(cards.size).toBe(0);
});

test("a row of two subsets stays until both are given up", async () => {
  const { cards } = await started();
  const onBoard = createLiveQueryCollection((q) =>
    q.from({ card: cards }).where(({ card }) => eq(card.boardId, "a")),
  );
  const undone = ending(
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.done, false))),
  );
  await Promise.all([onBoard.preload(), undone.preload()]);
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk"]);
  await onBoard.cleanup();
  await soon(() => expect(texts(cards.values())).toEqual(["loose", "mail", "milk"]));
  expect(texts(undone.values())).toEqual(["loose", "mail", "milk"]);
});

test("the first rows of an order are a window, which follows and grows", async () => {
  const { fixture, line, cards } = await started();
  const first = ending(
    createLiveQueryCollection((q) =>
      q
        .from({ card: cards })
        .where(({ card }) => not(eq(card.rank, 99)))
        .orderBy(({ card }) => card.rank, "desc")
        .limit(2),
    ),
  );
  await first.preload();
  expect(first.toArray.map(({ text }) => text)).toEqual(["milk", "mail"]);
  expect(asked(line)[0]).toEqual({
    where: { NOT: { rank: 99 } },
    orderBy: { rank: { direction: "desc", nulls: "first" } },
    limit: 2,
  });
  await fixture.run("delete from cards where id = 1");
  await soon(() => expect(first.toArray.map(({ text }) => text)).toEqual(["mail", "bread"]));
  await fixture.run("insert into cards (id, text, rank) values (9, 'first', 50)");
  await soon(() => expect(first.toArray.map(({ text }) => text)).toEqual(["first", "mail"]));
  await first.utils.setWindow({ offset: 0, limit: 3 });
  await soon(() => expect(first.toArray.map(({ text }) => text)).toEqual(["first", "mail", "bread"]));
});

test("a part of a condition that has no counterpart is judged here, on more rows", async () => {
  const { line, cards } = await started();
  const found = ending(
    createLiveQueryCollection((q) =>
      q
        .from({ card: cards })
        .where(({ card }) => eq(card.done, false))
        .where(({ card }) => eq(upper(card.text), "MILK"))
        .orderBy(({ card }) => card.text)
        .limit(1),
    ),
  );
  await found.preload();
  expect(texts(found.values())).toEqual(["milk"]);
  // No limit: the first row of those that are not done need not be the one.
  expect(asked(line)[0]).toEqual({ where: { done: false } });
});

test("a condition on a field that is not declared is the query's error, and names it", async () => {
  const { cards } = await started();
  const wrong = ending(
    createLiveQueryCollection((q) =>
      q.from({ card: cards }).where(({ card }) => gt((card as never as { size: number }).size, 1)),
    ),
  );
  await expect(wrong.preload()).rejects.toMatchObject({
    code: "invalid",
    message: "size cannot be filtered by; what can: id, text, done, rank, boardId.",
  });
  expect(wrong.status).toBe("error");
  expect(cards.utils.live.getSnapshot().error).toMatchObject({ code: "invalid" });
});

test("a join loads the rows that it needs", async () => {
  const { fixture, line, cards } = await started();
  const boards = boardsOf(line);
  const joined = ending(
    createLiveQueryCollection((q) =>
      q
        .from({ board: boards })
        .where(({ board }) => eq(board.name, "Home"))
        .join({ card: cards }, ({ board, card }) => eq(board.id, card.boardId), "left")
        .select(({ board, card }) => ({ board: board.name, text: card?.text })),
    ),
  );
  await joined.preload();
  expect(joined.toArray.map(({ text }) => text).sort()).toEqual(["bread", "milk"]);
  expect(asked(line)).toContainEqual({ where: { boardId: { in: ["a"] } } });
  await fixture.run("update cards set boardId = 'a' where id = 4");
  await soon(() => expect(joined.toArray.map(({ text }) => text).sort()).toEqual(["bread", "loose", "milk"]));
});

test("a write settles when the subset that shows it has it", async () => {
  const { cards } = await started();
  const open = ending(
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.done, false))),
  );
  await open.preload();
  let most = 0;
  open.subscribeChanges(() => {
    most = Math.max(most, texts(open.values()).filter((text) => text === "new").length);
  });
  await cards.insert(card(-1, "new")).isPersisted.promise;
  expect(texts(open.values())).toEqual(["loose", "mail", "milk", "new"]);
  expect(most).toBe(1);
});

test("subsets that were asked for offline are there when the line is back", async () => {
  const { fixture, line, cards } = await started();
  const open = ending(
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.done, false))),
  );
  await open.preload();
  line.cut();
  await soon(() => expect(cards.utils.live.getSnapshot().connection).toBe("offline"));
  const done = ending(
    createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.done, true))),
  );
  const loaded = done.preload();
  await fixture.run("update cards set done = 1 where id = 1");
  line.clock.advance(10_000);
  await loaded;
  await soon(() => expect(texts(done.values())).toEqual(["bread", "milk"]));
  expect(texts(open.values())).toEqual(["loose", "mail"]);
});
