import { integer, pgTable } from "drizzle-orm/pg-core";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import type { WireRow } from "../../../core/json.ts";
import type { Down } from "../../../core/protocol/down.ts";
import { ReferenceClient } from "../../../testing/reference-client.ts";
import { socketPair } from "../../../testing/socket-pair.ts";
import { createServer } from "../../create-server.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";

const items = pgTable("items", { id: integer().primaryKey(), n: integer().notNull() });
const api = defineApi({ items: resource(items, { filters: ["id"] }) });
const ddl = `CREATE TABLE items (id integer PRIMARY KEY, n integer NOT NULL);
  INSERT INTO items SELECT i, 0 FROM generate_series(1, 20) i`;

/** Where a client's frames leave something out or tell it twice: each transaction counts an item one up. */
function faultsOf(frames: readonly Down[]): string[] {
  const faults: string[] = [];
  const groups = new Map<number, Map<unknown, number>>();
  const counts = (rows: readonly WireRow[]) => new Map(rows.map(({ id, n }) => [id as unknown, Number(n)]));
  for (const frame of frames) {
    if (frame.type === "subscribed") {
      groups.set(frame.group, counts(frame.rows ?? []));
      continue;
    }
    if (frame.type !== "changes") continue;
    const known = groups.get(frame.group);
    if (frame.enter !== undefined || frame.leave !== undefined) faults.push("an item entered or left");
    for (const [id, n] of counts((frame.update ?? []) as WireRow[])) {
      if (known !== undefined && n !== (known.get(id) ?? 0) + 1)
        faults.push(`item ${id} goes from ${known.get(id)} to ${n}`);
      known?.set(id, n);
    }
  }
  return faults;
}

/** Half of them by each way of capture. */
const subscribes = 2_000 * Number(process.env.LIVESET_SOAK ?? 1);
const each = subscribes / 2 / 20;

test.each(["triggers", "wal"] as const)(
  "P1 P2: of 2,000 subscribes under twenty writers at full speed none has a gap or anything twice, by %s",
  async (capture) => {
    const made = await makeDatabase(ddl);
    const server = createServer(api, { database: postgres(made.url, { capture }) });
    onTestFinished(async () => {
      await server.close();
      await made.remove();
    });
    await server.open();
    let [isOver, written] = [false, 0];
    const writers = Array.from({ length: 20 }, async (_, i) => {
      const client = new pg.Client(made.url);
      client.on("error", () => {});
      await client.connect();
      for (; !isOver; written++) await client.query("UPDATE items SET n = n + 1 WHERE id = $1", [i + 1]);
      await client.end();
    });
    const clients = await Promise.all(
      Array.from({ length: 20 }, async (_, c) => {
        const pair = socketPair();
        const client = new ReferenceClient(pair.client);
        server.accept(pair.server, new Request("http://test/ws/"));
        await client.until(() => client.frames.length > 0);
        for (let i = 0; i < each; i++) {
          // Lists of others and lists of its own, some of them at the same time.
          const first = ((i % 2 === 0 ? i : i * 20 + c) % 16) + 1;
          const where = { id: { range: [first, first + (i % 5)] } };
          await client.open(`${i}`, { resource: "items", action: "list", query: { where } });
          if (i > 1) client.unsubscribe(`${i - 2}`);
        }
        return client;
      }),
    );
    isOver = true;
    await Promise.all(writers);
    const { rows } = await made.client.query<{ id: number; n: number }>("SELECT id, n FROM items");
    const last = new Map(rows.map(({ id, n }) => [id, n]));
    for (const client of clients) {
      await client.until(() => client.rows(`${each - 1}`).every(({ id, n }) => last.get(Number(id)) === n));
      expect([client.faults, faultsOf(client.frames)]).toEqual([[], []]);
    }
    expect(written).toBeGreaterThan(1_000);
  },
  120_000,
);
