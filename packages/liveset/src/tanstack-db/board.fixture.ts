import { createCollection } from "@tanstack/db";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { onTestFinished, vi } from "vitest";
import type { ResourcesOf } from "../client/client.ts";
import { connect, type Line } from "../client/connect.fixture.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import { defineApi } from "../server/define-api.ts";
import { type Fixture, startFixture } from "../server/live/live.fixture.ts";
import { resource } from "../server/resource.ts";
import { type LivesetCollectionConfig, livesetCollectionOptions } from "./index.ts";

export const boards = sqliteTable("boards", { id: text().primaryKey(), name: text().notNull() });
export const cards = sqliteTable("cards", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  rank: integer(),
  boardId: text(),
  ownerId: integer().notNull().default(7),
});

function refuseBad(text: string | undefined): void {
  if (text === "bad") throw new LivesetError("conflict", { detail: "No bad cards." });
}

/** Boards whose keys the client makes; cards whose keys the server makes, of which everybody sees their own. */
export const api = defineApi({
  boards: resource(boards, { filters: ["id", "name"], orderBy: ["id", "name"] }),
  cards: resource(cards, {
    fields: ["id", "text", "done", "rank", "boardId"],
    scope: ({ user }) => ({ ownerId: user === null ? -1 : Number(user.id) }),
    filters: ["id", "text", "done", "rank", "boardId"],
    search: ["text"],
    orderBy: ["id", "text", "rank"],
    hooks: {
      beforeCreate: (_, { text }) => refuseBad(text),
      beforeUpdate: (_, __, { text }) => refuseBad(text),
    },
  }),
});

export type BoardLine = Line<typeof api>;

/** A server with two boards and four cards. */
export async function startBoards(): Promise<Fixture> {
  const fixture = await startFixture({
    api,
    tables: [
      "create table boards (id text primary key, name text not null)",
      `create table cards (id integer primary key, text text not null, done integer not null default 0, rank integer,
        boardId text, ownerId integer not null default 7)`,
    ],
  });
  await fixture.run("insert into boards values ('a', 'Home'), ('b', 'Work')");
  await fixture.run(
    `insert into cards (id, text, done, rank, boardId) values
      (1, 'milk', 0, 3, 'a'), (2, 'bread', 1, 1, 'a'), (3, 'mail', 0, 2, 'b'), (4, 'loose', 0, null, null)`,
  );
  return fixture;
}

export const connectBoards = (fixture: Fixture, user: number | null = 7): BoardLine =>
  connect<typeof api>(fixture, user);

type Cards = LivesetCollectionConfig<ResourcesOf<typeof api>["cards"]>;

/** The cards as a collection, which ends with the test. Their keys are the server's. */
export function cardsOf({ client }: BoardLine, config: Omit<Cards, "resource"> = {}) {
  const cards = createCollection(
    livesetCollectionOptions({ resource: client.cards, toCreate: ({ id: _, ...card }) => card, ...config }),
  );
  onTestFinished(() => cards.cleanup());
  return cards;
}

/** The boards, whose keys are the client's. */
export function boardsOf({ client }: BoardLine) {
  const boards = createCollection(livesetCollectionOptions({ resource: client.boards }));
  onTestFinished(() => boards.cleanup());
  return boards;
}

export const card = (id: number, text: string): Card => ({
  id,
  text,
  done: false,
  rank: null,
  boardId: null,
});
type Card = ResourcesOf<typeof api>["cards"]["row"];

/** Texts of cards, sorted. */
export const texts = (rows: Iterable<{ readonly text: string }>): string[] =>
  [...rows].map(({ text }) => text).sort();

/** Waits for a condition. */
export const soon = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { interval: 2, timeout: 5_000 });
