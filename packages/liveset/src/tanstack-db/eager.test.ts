import { collectionOptions, createLiveQueryCollection, DbClient, eq } from "@tanstack/db";
import { expect, onTestFinished, test } from "vitest";
import { boardsOf, card, cardsOf, connectBoards, soon, startBoards, texts } from "./board.fixture.ts";
import { livesetCollectionOptions } from "./index.ts";

test("a collection has the rows of the list, follows them, and is ready with the first answer", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture));
  expect(cards.status).toBe("idle");
  await cards.preload();
  expect(cards.status).toBe("ready");
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk"]);
  await fixture.run("update cards set text = 'oat milk' where id = 1");
  await fixture.run("delete from cards where id = 2");
  await soon(() => expect(texts(cards.values())).toEqual(["loose", "mail", "oat milk"]));
});

test("several changes of one transaction are one commit", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture));
  await cards.preload();
  const seen: string[][] = [];
  cards.subscribeChanges((changes) => seen.push(changes.map(({ type, key }) => `${type} ${key}`).sort()), {
    includeInitialState: true,
  });
  expect(seen.splice(0)).toHaveLength(1);
  await fixture.transaction(
    "update cards set text = 'x' where id = 1",
    "delete from cards where id = 2",
    "insert into cards (id, text) values (9, 'new')",
  );
  await soon(() => expect(seen).toHaveLength(1));
  expect(seen).toEqual([["delete 2", "insert 9", "update 1"]]);
});

test("a live query joins two collections and follows both", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const [cards, boards] = [cardsOf(line), boardsOf(line)];
  const joined = createLiveQueryCollection((q) =>
    q
      .from({ card: cards })
      .join({ board: boards }, ({ card, board }) => eq(card.boardId, board.id), "inner")
      .where(({ card }) => eq(card.done, false))
      .select(({ card, board }) => ({ text: card.text, board: board.name })),
  );
  onTestFinished(() => joined.cleanup());
  await joined.preload();
  const shown = (): string[] => joined.toArray.map(({ text, board }) => `${text} @ ${board}`).sort();
  expect(shown()).toEqual(["mail @ Work", "milk @ Home"]);
  await fixture.run("update boards set name = 'House' where id = 'a'");
  await fixture.run("update cards set done = 0 where id = 2");
  await soon(() => expect(shown()).toEqual(["bread @ House", "mail @ Work", "milk @ House"]));
});

test("a list that is refused is the collection's error, and can be asked for again", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line, { where: { nothing: 1 } as never });
  await expect(cards.preload()).rejects.toMatchObject({ code: "invalid" });
  expect(cards.status).toBe("error");
  expect(cards.utils.live.getSnapshot()).toMatchObject({ connection: "paused", error: { code: "invalid" } });
  await expect(cards.utils.refresh()).rejects.toMatchObject({ code: "invalid" });
});

test("only what the condition selects is in a collection that has one", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture), { where: { boardId: "a" } });
  await cards.preload();
  expect(texts(cards.values())).toEqual(["bread", "milk"]);
  await fixture.run("update cards set boardId = 'a' where id = 3");
  await soon(() => expect(texts(cards.values())).toEqual(["bread", "mail", "milk"]));
});

test("rows stay while the line is cut, stale, and what was missed comes as one commit", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  const states: string[] = [];
  cards.utils.live.subscribe(() => states.push(cards.utils.live.getSnapshot().connection));
  line.cut();
  await soon(() =>
    expect(cards.utils.live.getSnapshot()).toMatchObject({ connection: "offline", isStale: true }),
  );
  await fixture.run("delete from cards where id = 1");
  await fixture.run("insert into cards (id, text) values (9, 'new')");
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk"]);
  let commits = 0;
  cards.subscribeChanges(() => commits++, { includeInitialState: true });
  line.clock.advance(10_000);
  await soon(() => expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "new"]));
  expect(commits).toBe(2);
  expect(cards.utils.live.getSnapshot()).toEqual({ connection: "live", isStale: false, error: null });
  expect(states.at(0)).toBe("offline");
});

test("after a reset the collection has the new snapshot, and what did not change is not told", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  const seen: string[] = [];
  cards.subscribeChanges((changes) => seen.push(...changes.map(({ type, key }) => `${type} ${key}`)), {
    includeInitialState: true,
  });
  seen.length = 0;
  line.cut();
  await soon(() => expect(cards.utils.live.getSnapshot().isStale).toBe(true));
  // What the server knew of changes is gone, so that it cannot say what was missed.
  await fixture.transaction("delete from cards where id = 1", "delete from liveset_changes");
  await soon(() => {
    fixture.clock.advance(1_000);
    line.clock.advance(10_000);
    expect(texts(cards.values())).toEqual(["bread", "loose", "mail"]);
  });
  expect(seen).toEqual(["delete 1"]);
});

test("a right that is lost takes the rows away, and says so", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  expect(cards.size).toBe(4);
  line.client.auth("8");
  await soon(() => expect(cards.size).toBe(0));
});

test("a collection that was cleaned up begins anew", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  await cards.cleanup();
  expect(cards.status).toBe("cleaned-up");
  line.clock.advance(2_000);
  await fixture.run("delete from cards where id = 1");
  await cards.preload();
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail"]);
  await fixture.run("delete from cards where id = 2");
  await soon(() => expect(texts(cards.values())).toEqual(["loose", "mail"]));
});

test("what a DbClient was given of a rendered page is the server's from the first answer on", async () => {
  const fixture = await startBoards();
  const { client } = connectBoards(fixture);
  const options = collectionOptions(livesetCollectionOptions({ id: "cards", resource: client.cards }));
  const db = new DbClient();
  const cards = db.collection(options, {
    initialData: [card(1, "milk of yesterday"), card(77, "gone since")],
  });
  expect(texts(cards.values())).toEqual(["gone since", "milk of yesterday"]);
  await cards.preload();
  await soon(() => expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk"]));
  await cards.cleanup();
});
