import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import { type RunningPostgres, startPostgres } from "../../../testing/programs/start-postgres.ts";
import { ReferenceClient } from "../../../testing/reference-client.ts";
import { socketPair } from "../../../testing/socket-pair.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { makeDatabase, type TestDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";

const counters = pgTable("counters", { id: integer().primaryKey(), n: integer().notNull() });
const notes = pgTable("notes", { id: integer().primaryKey(), writer: integer().notNull() });
const api = defineApi({ counters: resource(counters), notes: resource(notes, { filters: ["writer"] }) });

/** Each note that is written counts one more for its writer, in the same transaction. */
const ddl = `
  CREATE TABLE counters (id integer PRIMARY KEY, n integer NOT NULL);
  CREATE TABLE notes (id integer PRIMARY KEY, writer integer NOT NULL);
  INSERT INTO counters SELECT i, 0 FROM generate_series(1, 4) i;
  CREATE FUNCTION count_note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE counters SET n = n + 1 WHERE id = NEW.writer; RETURN NULL; END $$;
  CREATE TRIGGER count AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_note()`;

const writers = [1, 2, 3, 4];
const each = 125;
const list = { action: "list" } as const;

let pg: RunningPostgres;
beforeAll(async () => {
  pg = await startPostgres();
}, 60_000);
afterAll(() => pg.stop());

async function start(capture: "triggers" | "wal") {
  const made = await makeDatabase(ddl, pg.url);
  const warned: string[] = [];
  const say = (fields: { readonly err?: unknown }, message = "") =>
    void warned.push(`${message}: ${fields.err}`);
  const log = { debug() {}, info() {}, warn: say, error: say };
  const server = createServer(api, { database: postgres(made.url, { capture }), log });
  const clients: ReferenceClient[] = [];
  onTestFinished(async () => {
    await server.close();
    expect(clients.flatMap(({ faults }) => faults)).toEqual([]);
  });
  await server.open();
  const connect = async (left?: ReturnType<ReferenceClient["leaveBehind"]>): Promise<ReferenceClient> => {
    const pair = socketPair();
    const client = new ReferenceClient(pair.client, left);
    clients.push(client);
    server.accept(pair.server, new Request("http://test/ws/"));
    await client.until(() => client.frames.length > 0);
    return client;
  };
  return { made, server, connect, warned };
}

/** Writes notes one after the other, each as often as needed, under one mutation id. */
async function write(client: ReferenceClient, writer: number, done: () => void): Promise<void> {
  for (let i = 0; i < each; i++) {
    const id = writer * 1_000 + i;
    const wish = { resource: "notes", action: "create", data: { id, writer }, mutation: `m${id}` };
    for (let attempt = 1; ; attempt++) {
      try {
        await client.request(`${id}/${attempt}`, wish);
        break;
      } catch (error) {
        if (!(error instanceof LivesetError && error.retry)) throw error;
        await delay(50);
      }
    }
    done();
  }
}

/** The values that a client was shown of a counter, one for each transaction. */
function shownOf(client: ReferenceClient, counter: number): unknown[] {
  const updates = client.frames.flatMap((frame) => (frame.type === "changes" ? (frame.update ?? []) : []));
  return updates.flatMap((row) => (row.id === counter && "n" in row ? [row.n] : []));
}

async function ask(server: LivesetServer, method: string, path: string, data?: unknown): Promise<Response> {
  const body = data === undefined ? {} : { body: JSON.stringify(data) };
  const headers = { "content-type": "application/json" };
  return server.fetch(new Request(`http://test${path}`, { method, headers, ...body }));
}

describe.each(["triggers", "wal"] as const)("a database that goes away, by %s", (capture) => {
  test("P1 P3 P6: the postmaster is killed in the middle of 500 transactions: each is told once, nothing is missing", async () => {
    const { made, server, connect } = await start(capture);
    const watchers = [await connect(), await connect(), await connect()];
    for (const client of watchers) {
      await client.open("c", { resource: "counters", ...list });
      await client.open("n", { resource: "notes", ...list });
      await client.open("w", { resource: "notes", ...list, query: { where: { writer: 2 } } });
    }
    let written = 0;
    let killed: Promise<void> | null = null;
    const done = (): void => {
      if (++written === 200) killed = pg.kill();
    };
    const writing = Promise.all(writers.map(async (writer) => write(await connect(), writer, done)));
    await vi.waitFor(() => expect(killed).not.toBeNull(), { timeout: 60_000 });
    await killed;
    const [first] = watchers;
    if (first === undefined) throw new Error("Nobody watches.");
    await first.until(() => !first.isLive);
    for (const answer of [
      await ask(server, "GET", "/api/notes/"),
      await ask(server, "POST", "/api/notes/", { id: 1, writer: 1 }),
    ]) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({ code: "unavailable" });
    }
    const late = await connect();
    await late.until(() => !late.isLive);
    await pg.start();
    await writing;
    await Promise.all([...watchers, late].map((client) => client.until(() => client.isLive)));
    await Promise.all(watchers.map((client) => client.until(() => client.rows("n").length === 4 * each)));
    const stored = await rowsOf(made);
    for (const client of watchers) {
      expect(stored).toEqual({
        notes: client.rows("n").length,
        counters: client
          .rows("c")
          .toSorted((a, b) => Number(a.id) - Number(b.id))
          .map(({ n }) => n),
      });
      expect(client.rows("w")).toHaveLength(each);
      for (const counter of writers)
        expect(shownOf(client, counter)).toEqual(Array.from({ length: each }, (_, i) => i + 1));
      expect([client.closes, client.frames.some(({ type }) => type === "reset")]).toEqual([[], false]);
    }
  }, 120_000);

  test("P4: after a failover to another timeline lists are exact, without a restart", async () => {
    const { made, server, connect, warned } = await start(capture);
    const client = await connect();
    await client.open("n", { resource: "notes", ...list });
    expect((await ask(server, "POST", "/api/notes/", { id: 1, writer: 1 })).status).toBe(201);
    await pg.shutDown();
    writeFileSync(join(pg.data, "standby.signal"), "");
    await pg.start();
    const { default: driver } = await import("pg");
    const admin = new driver.Client(made.url);
    await admin.connect();
    await admin.query("SELECT pg_promote()");
    await admin.query("INSERT INTO notes VALUES (2, 2)");
    await admin.end();
    await client.until(() => client.isLive && client.rows("n").length === 2);
    const resets = client.frames.flatMap((frame) => (frame.type === "reset" ? [frame.reason] : []));
    // The triggers' log is in the database itself, and tells that nothing of it was lost.
    expect(resets).toEqual(capture === "wal" ? ["epoch"] : []);
    if (capture === "wal") expect(warned.join("\n")).toContain("on another timeline");
  }, 120_000);
});

async function rowsOf({ url }: TestDatabase): Promise<{ notes: number; counters: readonly number[] }> {
  const { default: driver } = await import("pg");
  const client = new driver.Client(url);
  await client.connect();
  const { rows } = await client.query(
    "SELECT (SELECT count(*)::integer FROM notes) AS notes, ARRAY(SELECT n FROM counters ORDER BY id) AS counters",
  );
  await client.end();
  return rows[0];
}
