import { relations } from "drizzle-orm";
import { integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { expect, onTestFinished, test } from "vitest";
import { createServer, type LivesetServer } from "../../create-server.ts";
import { makeDatabase } from "../../database/postgres/make-database.fixture.ts";
import { postgres } from "../../database/postgres/postgres.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { NoticesStream } from "./notices.fixture.ts";

// What the other tests say of SQLite, on PostgreSQL: keys of uuid and of several columns, resume, batches of reads.

const first = "11111111-1111-4111-8111-111111111111";
const second = "22222222-2222-4222-8222-222222222222";

const orgs = pgTable("orgs", { id: uuid().primaryKey(), name: text().notNull() });
const seats = pgTable(
  "seats",
  { room: text().notNull(), seat: integer().notNull(), orgId: uuid("org_id"), ownerId: integer("owner_id") },
  (table) => [primaryKey({ columns: [table.room, table.seat] })],
);
const notes = pgTable("notes", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  text: text().notNull(),
  room: text(),
  seat: integer(),
});
const schema = {
  orgs,
  seats,
  notes,
  ofOrgs: relations(orgs, ({ many }) => ({ seats: many(seats) })),
  ofSeats: relations(seats, ({ one, many }) => ({
    org: one(orgs, { fields: [seats.orgId], references: [orgs.id] }),
    notes: many(notes),
  })),
  ofNotes: relations(notes, ({ one }) => ({
    place: one(seats, { fields: [notes.room, notes.seat], references: [seats.room, seats.seat] }),
  })),
};
const ddl = `
  create table orgs (id uuid primary key, name text not null);
  create table seats (room text not null, seat integer not null, org_id uuid, owner_id integer, primary key (room, seat));
  create table notes (id integer primary key generated always as identity, text text not null, room text, seat integer);
  insert into orgs values ('${first}', 'First'), ('${second}', 'Second');
  insert into seats values ('A', 1, '${first}', null), ('A', 2, '${first}', 8), ('B,1', 3, '${first}', null);`;
const api = defineApi({
  orgs: resource(orgs, { schema, children: { seats: true } }),
  seats: resource(seats, {
    schema,
    scope: ({ user }) => ({ OR: [{ ownerId: null }, { ownerId: Number(user?.id ?? 0) }] }),
    parents: { org: true },
    children: { notes: true },
    defaultOrder: { seat: "desc" },
  }),
  notes: resource(notes, { schema, parents: { place: true } }),
});

test("notices, resume and batches of reads are on PostgreSQL as they are on SQLite", {
  timeout: 60_000,
}, async () => {
  const database = await makeDatabase(ddl);
  onTestFinished(() => database.remove());
  const run = (sql: string): Promise<unknown> => database.client.query(sql);
  const server = createServer(api, { database: postgres(database.url, { capture: "triggers" }) });
  onTestFinished(() => server.close());
  await server.open();
  const stream = await open(server);
  expect(await stream.next()).toMatchObject({ type: "ready" });
  await run("insert into notes (text, room, seat) values ('x', 'B,1', 3), ('y', 'A', 2)");
  expect((await stream.next())?.data).toEqual({ action: "update", table: "seats", ids: ["B\\,1,3"] });
  await run(`update seats set org_id = '${second}' where seat = 1`);
  expect((await stream.next())?.data).toEqual({ action: "update", table: "seats", ids: ["A,1"] });
  expect((await stream.next())?.data).toEqual({ action: "update", table: "orgs", ids: [first, second] });
  stream.abort.abort();
  await run("delete from notes where text = 'y'; update notes set seat = 1, room = 'A' where text = 'x'");
  const again = await open(server, stream.lastEventId);
  const events = [await again.next(), await again.next(), await again.next(), await again.next()];
  // What another process writes may be noticed a moment after the stream has gone on.
  expect(events.filter((event) => event?.type === "resumed")).toHaveLength(1);
  expect(events.filter((event) => event?.type === "message").map((event) => event?.data)).toEqual([
    { action: "delete", table: "notes", ids: ["2"] },
    { action: "update", table: "notes", ids: ["1"] },
    { action: "update", table: "seats", ids: ["B\\,1,3", "A,1"] },
  ]);
  await again.cancel();

  expect(
    await post(server, "seats/by-ids/", { ids: ["B\\,1,3", "A,2", "A,1"], children: { notes: 5 } }),
  ).toEqual([
    { room: "B,1", seat: 3, orgId: first, ownerId: null, notes: { startIndex: 0, indexes: [], length: 0 } },
    { room: "A", seat: 1, orgId: second, ownerId: null, notes: { startIndex: 0, indexes: ["1"], length: 1 } },
  ]);
  expect(await post(server, "orgs/by-ids/?fields=name", [second, "no uuid", first])).toEqual([
    { id: second, name: "Second" },
    { id: first, name: "First" },
  ]);
  const range = { parentId: first, childField: "seats", startIndex: 0, length: 10 };
  expect(await post(server, "orgs/indexes/", range)).toEqual({
    startIndex: 0,
    indexes: ["B\\,1,3"],
    length: 1,
  });
});

async function open(server: LivesetServer, lastEventId?: string): Promise<NoticesStream> {
  const abort = new AbortController();
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const request = new Request("http://test/api/notifications/", { headers, signal: abort.signal });
  return new NoticesStream(await server.fetch(request), abort);
}

async function post(server: LivesetServer, path: string, body: unknown): Promise<unknown> {
  const response = await server.fetch(
    new Request(`http://test/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  return response.json();
}
