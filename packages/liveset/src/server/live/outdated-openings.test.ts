import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Down } from "../../core/protocol/down.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { type Fixture, gate, overrideLog, startFixture, tasks } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

/** What a client was told of lists, without what tells where it stands. */
function told({ frames }: ReferenceClient): readonly Down["type"][] {
  return frames.map(({ type }) => type).filter((type) => type !== "welcome" && type !== "pong");
}

/** A list follows what is written: it is open, and nothing of what was ended meanwhile is left. */
async function expectLive(fixture: Fixture, client: ReferenceClient): Promise<void> {
  await fixture.run("insert into tasks (id, text) values (9, 'nine')");
  await client.until(() => client.rows("a").some(({ id }) => id === 9));
  expect(client.errors.size).toBe(0);
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 1, opening: 0, groups: 1 });
  client.unsubscribe("a");
  await client.ping();
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 0, opening: 0, groups: 0 });
}

describe("a list that is let go of while it is opened, and opened again by the same id", () => {
  /** Its first opening ends as the test says, when the second has been made or is on its way. */
  async function openedTwice(first: () => boolean): Promise<void> {
    const answer = gate();
    let asked = 0;
    const api = defineApi({
      tasks: resource(tasks, {
        fields: ["id", "text"],
        scope: async () => {
          if (asked++ > 0) return true;
          await answer.opened;
          return first();
        },
      }),
    });
    const fixture = await startFixture({ api });
    const client = await fixture.connect(1);
    client.subscribe("a", list);
    client.unsubscribe("a");
    await client.open("a", list);
    answer.open();
    await setImmediate();
    await client.ping();
    expect(told(client)).toEqual(["subscribed"]);
    expect(fixture.logged).toEqual([]);
    await expectLive(fixture, client);
  }

  test("P7: is not ended by the scope that fails for its first opening", () =>
    openedTwice(() => {
      throw new Error("not for the one that is open");
    }));

  test("is opened once", () => openedTwice(() => true));
});

describe("P4: a list that is let go of while it is found out what it has missed", () => {
  /** The log of the second connection is read when the test says so. */
  async function returned(
    known: (transactions: readonly Transaction[] | null) => readonly Transaction[] | null,
  ): Promise<void> {
    const asked = gate();
    const answer = gate();
    const fixture = await startFixture({
      api: defineApi({ tasks: resource(tasks, { fields: ["id", "text"] }) }),
      wrap: (database) =>
        overrideLog(database, (feed) => async (after, upTo) => {
          asked.open();
          await answer.opened;
          return known(await feed.read(after, upTo));
        }),
    });
    await fixture.run("insert into tasks (id, text) values (1, 'one')");
    const { client: before, pair } = await fixture.connectPair(1);
    await before.open("a", list);
    pair.cut();
    await before.until(() => before.closes.length > 0);
    await fixture.run("insert into tasks (id, text) values (2, 'two')");

    const client = await fixture.connect(1, before.leaveBehind());
    client.subscribe("a", list);
    await asked.opened;
    client.unsubscribe("a");
    await client.ping();
    answer.open();
    await setImmediate();
    await client.ping();
    expect(told(client)).toEqual([]);
    expect(fixture.server.stats()).toMatchObject({ subscriptions: 0, opening: 0, groups: 0 });

    client.subscribe("a", list);
    await client.until(() => client.rows("a").length === 2);
    await expectLive(fixture, client);
  }

  test("is not opened where that is known", () => returned((transactions) => transactions));

  test("is not opened where that is not known any more", () => returned(() => null));
});
