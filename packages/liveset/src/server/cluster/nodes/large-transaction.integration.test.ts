import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { protocolName } from "../../../core/protocol/name.ts";
import { freePort } from "../../../testing/programs/start-program.ts";
import { ReferenceClient } from "../../../testing/reference-client.ts";
import { makeDatabase } from "../../database/postgres/make-database.fixture.ts";
import { adapt } from "./follower.fixture.ts";
import { createEntries } from "./ledger.fixture.ts";
import { NodeProcess } from "./node-process.fixture.ts";

/** Less than the larger of the transactions below takes. */
const heap = 192;

test("P8: a node with a small heap lives through a transaction that does not fit into it and sends its lists anew; one that fits is told", async () => {
  const { url, client: sql, remove } = await makeDatabase(createEntries);
  onTestFinished(() => remove());
  await sql.query("INSERT INTO entries VALUES (1, 1, 'first')");
  const node = new NodeProcess({ database: url, capture: "wal", broker: null, port: await freePort(), heap });
  onTestFinished(() => node.kill());
  await node.start();
  const socket = new WebSocket(`${node.url}/ws/`, protocolName);
  const client = new ReferenceClient(adapt(socket));
  onTestFinished(() => socket.close());
  await client.until(() => client.frames.length > 0);
  await client.open("s", { resource: "entries", action: "list", query: { where: { owner: 1 } } });
  const shows = (text: string) =>
    client.until(() => client.rows("s")[0]?.text === text || client.closes.length > 0);
  const resets = () => client.frames.flatMap((frame) => (frame.type === "reset" ? [frame.reason] : []));
  const write = (rows: number, length: number, text: string) =>
    sql.query(
      `BEGIN; INSERT INTO entries SELECT (SELECT max(id) FROM entries) + i, 2, repeat('x', ${length}) FROM generate_series(1, ${rows}) i;
       UPDATE entries SET text = '${text}' WHERE id = 1; COMMIT`,
    );
  await write(50_000, 300, "fits");
  await shows("fits");
  expect([client.closes, resets()]).toEqual([[], []]);
  await write(250_000, 500, "does not");
  await shows("does not");
  await client.until(() => client.isLive || client.closes.length > 0);
  expect([client.closes, resets(), client.faults], node.output).toEqual([[], ["epoch"], []]);
  expect(node.output).toContain("the most that memory takes");
  await write(1, 1, "after it");
  await shows("after it");
  expect([client.closes, resets()]).toEqual([[], ["epoch"]]);
}, 60_000);
