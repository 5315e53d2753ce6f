import { createCollection, createLiveQueryCollection, eq } from "@tanstack/db";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import type { Client } from "../client/client.ts";
import { same } from "../core/same.fixture.ts";
import { defineApi } from "../server/define-api.ts";
import * as related from "../server/relations.fixture.ts";
import { resource } from "../server/resource.ts";
import { livesetCollectionOptions } from "./index.ts";

/* Rows, keys, conditions and writes of a collection are typed by the declaration. Each refusal says why. */

const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const members = sqliteTable(
  "members",
  { listId: integer().notNull(), userId: integer().notNull(), role: text().notNull() },
  ({ listId, userId }) => [primaryKey({ columns: [listId, userId] })],
);
const api = defineApi({
  tasks: resource(tasks, { filters: ["listId"], orderBy: ["id"] }),
  scoped: resource(tasks, { params: { list: z.number() } }),
  members: resource(members, {}),
});

export function rows(client: Client<typeof api>): void {
  const cards = createCollection(livesetCollectionOptions({ resource: client.tasks, where: { listId: 1 } }));
  const row = cards.get(1);
  same<NonNullable<typeof row>["text"], string>(true);
  same<NonNullable<typeof row>["listId"], number | null>(true);
  // @ts-expect-error keys are numbers
  cards.get("1");
  cards.insert({ id: 1, text: "Milk", listId: null });
  // @ts-expect-error text is missing
  cards.insert({ id: 1, listId: null });
  cards.update(1, (draft) => {
    draft.text = "Bread";
    // @ts-expect-error text is text
    draft.text = 1;
  });
  const state = cards.utils.live.getSnapshot();
  same<typeof state.isStale, boolean>(true);
}

export function options(client: Client<typeof api>): void {
  livesetCollectionOptions({
    resource: client.tasks,
    syncMode: "on-demand",
    toCreate: ({ id: _, ...rest }) => rest,
  });
  livesetCollectionOptions({ resource: client.scoped, params: { list: 1 } });
  // @ts-expect-error list is required
  livesetCollectionOptions({ resource: client.scoped });
  // @ts-expect-error text is not declared as a filter
  livesetCollectionOptions({ resource: client.tasks, where: { text: "a" } });
  // @ts-expect-error there is no such field
  livesetCollectionOptions({ resource: client.tasks, key: "nothing" });
  // @ts-expect-error what is created has a text
  livesetCollectionOptions({ resource: client.tasks, toCreate: () => ({ listId: 1 }) });
}

export function compositeKeys(client: Client<typeof api>): void {
  const all = createCollection(
    livesetCollectionOptions({ resource: client.members, key: ["listId", "userId"] }),
  );
  same<Parameters<typeof all.get>[0], string>(true);
}

const nesting = defineApi({
  lists: resource(related.lists, { schema: related, fields: ["name"], with: { tasks: true } }),
  tasks: resource(related.tasks, { schema: related, fields: ["text"], with: { list: true } }),
});

export function nested(client: Client<typeof nesting>): void {
  const lists = createCollection(livesetCollectionOptions({ resource: client.lists, with: { tasks: true } }));
  const row = lists.get(1);
  same<NonNullable<typeof row>["tasks"][number]["text"], string>(true);
}

export function queries(client: Client<typeof api>): void {
  const cards = createCollection(livesetCollectionOptions({ resource: client.tasks }));
  const found = createLiveQueryCollection((q) =>
    q
      .from({ card: cards })
      .where(({ card }) => eq(card.listId, 1))
      .select(({ card }) => ({ text: card.text })),
  );
  same<(typeof found.toArray)[number]["text"], string>(true);
  // @ts-expect-error there is no such field
  createLiveQueryCollection((q) => q.from({ card: cards }).where(({ card }) => eq(card.nothing, 1)));
}
