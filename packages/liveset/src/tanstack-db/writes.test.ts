import { createLiveQueryCollection, createTransaction } from "@tanstack/db";
import { expect, onTestFinished, test } from "vitest";
import { boardsOf, card, cardsOf, connectBoards, soon, startBoards, texts } from "./board.fixture.ts";

test("an inserted row is shown at once, and the row with the server's key takes its place in one step", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture));
  const all = createLiveQueryCollection((q) => q.from({ card: cards }));
  onTestFinished(() => all.cleanup());
  await all.preload();
  const shown: (readonly number[])[] = [];
  all.subscribeChanges(() => shown.push(all.toArray.map(({ id }) => id).sort((a, b) => a - b)));
  const sent = cards.insert(card(-1, "new"));
  expect(cards.get(-1)).toMatchObject({ text: "new" });
  await sent.isPersisted.promise;
  expect(cards.has(-1)).toBe(false);
  expect(cards.get(5)).toMatchObject({ text: "new" });
  expect(shown).toEqual([
    [-1, 1, 2, 3, 4],
    [1, 2, 3, 4, 5],
  ]);
});

test("a row whose key the client makes is never missing on its way", async () => {
  const fixture = await startBoards();
  const boards = boardsOf(connectBoards(fixture));
  await boards.preload();
  let missed = 0;
  boards.subscribeChanges(() => {
    if (!boards.has("c")) missed++;
  });
  await boards.insert({ id: "c", name: "Cellar" }).isPersisted.promise;
  expect(boards.get("c")).toMatchObject({ name: "Cellar" });
  await boards.update("c", (draft) => {
    draft.name = "Attic";
  }).isPersisted.promise;
  expect(boards.get("c")).toMatchObject({ name: "Attic" });
  expect(missed).toBe(0);
  await boards.delete("c").isPersisted.promise;
  expect(boards.has("c")).toBe(false);
});

test("an update sends what was changed only, so that others' fields stay theirs", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture));
  await cards.preload();
  const sent = cards.update(1, (draft) => {
    draft.text = "oat milk";
  });
  await fixture.run("update cards set rank = 99 where id = 1");
  await sent.isPersisted.promise;
  await soon(() => expect(cards.get(1)).toMatchObject({ text: "oat milk", rank: 99 }));
});

test("a refused write is taken back, with the server's error", async () => {
  const fixture = await startBoards();
  const cards = cardsOf(connectBoards(fixture));
  await cards.preload();
  const sent = cards.update(1, (draft) => {
    draft.text = "bad";
  });
  expect(cards.get(1)?.text).toBe("bad");
  await expect(sent.isPersisted.promise).rejects.toMatchObject({
    code: "conflict",
    message: "No bad cards.",
  });
  expect(cards.get(1)?.text).toBe("milk");
  const inserted = cards.insert(card(-1, "bad"));
  await expect(inserted.isPersisted.promise).rejects.toMatchObject({ code: "conflict" });
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk"]);
});

test("the writes of one call are one transaction of the database: all of them or none", async () => {
  const fixture = await startBoards();
  const [mine, theirs] = [cardsOf(connectBoards(fixture)), cardsOf(connectBoards(fixture))];
  await Promise.all([mine.preload(), theirs.preload()]);
  const seen: string[][] = [];
  theirs.subscribeChanges((changes) => seen.push(changes.map(({ type, key }) => `${type} ${key}`).sort()), {
    includeInitialState: true,
  });
  seen.length = 0;
  await mine.insert([card(-1, "x"), card(-2, "y")]).isPersisted.promise;
  await mine.update([1, 2], (drafts) => {
    for (const draft of drafts) draft.text = "z";
  }).isPersisted.promise;
  await mine.delete([3, 4]).isPersisted.promise;
  await soon(() => expect(seen).toHaveLength(3));
  expect(seen).toEqual([
    ["insert 5", "insert 6"],
    ["update 1", "update 2"],
    ["delete 3", "delete 4"],
  ]);
  const refused = mine.insert([card(-1, "fine"), card(-2, "bad")]);
  await expect(refused.isPersisted.promise).rejects.toMatchObject({ code: "conflict" });
  expect(texts(mine.values())).toEqual(["x", "y", "z", "z"]);
  expect(texts(theirs.values())).toEqual(["x", "y", "z", "z"]);
});

test("two clients see each other's writes, and neither those of another owner", async () => {
  const fixture = await startBoards();
  const lines = [connectBoards(fixture), connectBoards(fixture), connectBoards(fixture, 8)];
  const [one, two, other] = lines.map((line) => cardsOf(line)) as ReturnType<typeof cardsOf>[];
  await Promise.all([one?.preload(), two?.preload(), other?.preload()]);
  await one?.insert(card(-1, "from one")).isPersisted.promise;
  await two?.delete(1).isPersisted.promise;
  for (const cards of [one, two])
    await soon(() => expect(texts(cards?.values() ?? [])).toEqual(["bread", "from one", "loose", "mail"]));
  expect(other?.size).toBe(0);
});

test("written offline a row stays shown, and is sent once when the line is back", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  line.cut();
  await soon(() => expect(cards.utils.live.getSnapshot().connection).toBe("offline"));
  const sent = cards.insert(card(-1, "offline"));
  await fixture.run("delete from cards where id = 1");
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "milk", "offline"]);
  const shown: string[][] = [];
  cards.subscribeChanges(() => shown.push(texts(cards.values())));
  line.clock.advance(10_000);
  await sent.isPersisted.promise;
  expect(texts(cards.values())).toEqual(["bread", "loose", "mail", "offline"]);
  // The answer may come before the list is up to date again; the row is shown all the while.
  expect(shown.every((state) => state.filter((text) => text === "offline").length === 1)).toBe(true);
});

test("a write that was on its way when the line was cut is done once", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const cards = cardsOf(line);
  await cards.preload();
  const sent = cards.insert(card(-1, "once"));
  await soon(() => expect(line.pairs).toHaveLength(1));
  line.cut();
  await soon(() => expect(cards.utils.live.getSnapshot().connection).toBe("offline"));
  line.clock.advance(10_000);
  await sent.isPersisted.promise;
  expect(texts(cards.values()).filter((text) => text === "once")).toHaveLength(1);
});

test("a transaction of one's own writes to several resources at once", async () => {
  const fixture = await startBoards();
  const line = connectBoards(fixture);
  const [cards, boards] = [cardsOf(line), boardsOf(line)];
  await Promise.all([cards.preload(), boards.preload()]);
  const move = createTransaction({
    autoCommit: false,
    mutationFn: async () => {
      await line.client.mutate((tx) => {
        tx.boards.create({ id: "c", name: "Cellar" });
        tx.cards.patch(1, { boardId: "c" });
      });
    },
  });
  move.mutate(() => {
    boards.insert({ id: "c", name: "Cellar" });
    cards.update(1, (draft) => {
      draft.boardId = "c";
    });
  });
  await move.commit();
  expect(boards.get("c")).toMatchObject({ name: "Cellar" });
  expect(cards.get(1)).toMatchObject({ boardId: "c" });
});
