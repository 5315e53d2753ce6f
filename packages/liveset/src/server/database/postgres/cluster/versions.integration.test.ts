import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { expect, onTestFinished, test } from "vitest";
import { MemoryBroker } from "../../../../testing/memory-log.ts";
import { ReferenceClient } from "../../../../testing/reference-client.ts";
import { socketPair } from "../../../../testing/socket-pair.ts";
import type { Api } from "../../../api.ts";
import { createServer } from "../../../create-server.ts";
import { defineApi } from "../../../define-api.ts";
import { resource } from "../../../resource.ts";
import { makeDatabase } from "../make-database.fixture.ts";
import { postgres } from "../postgres.ts";

const notes = pgTable("notes", { id: integer().primaryKey() });
const notesNow = pgTable("notes", { id: integer().primaryKey(), title: text() });
const tags = pgTable("tags", { id: integer().primaryKey() });

const before = defineApi({ notes: resource(notes) });
const after = defineApi({ notes: resource(notesNow), tags: resource(tags) });
const other = defineApi({ tags: resource(tags) });

async function world() {
  const broker = new MemoryBroker();
  const {
    url,
    client: sql,
    remove,
  } = await makeDatabase(
    "CREATE TABLE notes (id integer PRIMARY KEY, title text); CREATE TABLE tags (id integer PRIMARY KEY)",
  );
  onTestFinished(() => remove());
  const start = async (api: Api, name: string) => {
    const cluster = broker.connect();
    const server = createServer(api, { database: postgres(url, { capture: "triggers" }), cluster });
    onTestFinished(() => server.close());
    await server.open();
    const pair = socketPair();
    const client = new ReferenceClient(pair.client);
    server.accept(pair.server, new Request("http://test/ws/"));
    await client.until(() => client.frames.length > 0);
    await client.open("s", { resource: name, action: "list" });
    return client;
  };
  return { sql, start };
}

test("a node that declares more than the one that reads takes the reading over: both are exact", async () => {
  const { sql, start } = await world();
  const old = await start(before, "notes");
  const [now, tagged] = [await start(after, "notes"), await start(after, "tags")];
  await sql.query("INSERT INTO tags VALUES (7); INSERT INTO notes VALUES (1, 'a')");
  for (const [client, rows] of [
    [old, [{ id: 1 }]],
    [now, [{ id: 1, title: "a" }]],
    [tagged, [{ id: 7 }]],
  ] as const) {
    await client.until(() => client.rows("s").length === 1);
    expect([client.rows("s"), client.faults]).toEqual([rows, []]);
  }
});

test("a node whose tables the reading one does not know says that it is not live, instead of nothing", async () => {
  const { start } = await world();
  const old = await start(before, "notes");
  await start(other, "tags");
  await old.until(() => old.frames.some((frame) => frame.type === "feed" && !frame.live));
});
