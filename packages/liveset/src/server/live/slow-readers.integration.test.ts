import { once } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { serve } from "../node/serve.ts";
import { createTasks, tasksApi } from "./live.fixture.ts";

// A minute, a hundred fast readers and a thousand changes a second with LIVESET_SOAK; a small one without.
const soak = Number(process.env.LIVESET_SOAK ?? 1) > 1;
const seconds = soak ? 60 : 4;
const fastReaders = soak ? 100 : 5;
const perSecond = soak ? 1000 : 200;
const rows = 20;
/** The kernel's buffers on both sides take megabytes before anything waits in the process. */
const text = (n: number): string => `${n}:${"x".repeat(soak ? 600 : 20_000)}`;

interface Reader {
  readonly socket: WebSocket;
  readonly rows: Map<number, string>;
  readonly session: () => string;
  readonly resets: () => number;
}

async function read(port: number): Promise<Reader> {
  const socket = new WebSocket(`ws://localhost:${port}/ws/?user=1`, "liveset.v1", {
    perMessageDeflate: false,
  });
  onTestFinished(() => socket.terminate());
  const known = new Map<number, string>();
  let session = "";
  let resets = 0;
  let subscribed = (): void => {};
  const open = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data));
    if (frame.type === "welcome") {
      session = frame.session;
      socket.send(JSON.stringify({ type: "subscribe", id: "s", resource: "tasks", action: "list" }));
    }
    if (frame.type === "reset") resets++;
    if (frame.type === "subscribed") {
      known.clear();
      subscribed();
    }
    for (const part of ["rows", "enter", "update"])
      for (const row of frame[part] ?? []) known.set(row.id, row.text);
    for (const key of frame.leave ?? []) known.delete(Number(key));
  });
  await once(socket, "open");
  await open;
  return { socket, rows: known, session: () => session, resets: () => resets };
}

/** Lets a reader take a kilobyte a second at most from now on, until the returned function is called. */
function slowDown({ socket }: Reader): () => void {
  const tcp = (socket as unknown as { readonly _socket: TcpSocket })._socket;
  tcp.pause();
  // What is read is also emitted.
  const timer = setInterval(() => void tcp.read(1024), 1000);
  return () => {
    clearInterval(timer);
    tcp.resume();
  };
}

function isEqual(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

test(
  "P8: a reader of 1 KB/s costs bounded memory, harms nobody, and is exact in the end",
  async () => {
    const database = sqlite(":memory:");
    await database.db.run(sql.raw(createTasks));
    const server = await serve(tasksApi, {
      database,
      port: 0,
      signals: false,
      log: { level: "silent" },
      authenticate: () => ({ id: 1 }),
      // These readers send no pings, and the long one takes longer than two heartbeats.
      limits: { heartbeat: 10 * 60 * 1000 },
    });
    onTestFinished(() => server.close());
    const slow = await read(server.port);
    const fast = await Promise.all(Array.from({ length: fastReaders }, () => read(server.port)));
    const speedUp = slowDown(slow);
    const most = { bytes: 0, frames: 0, waited: 0 };
    let written = 0;
    const began = performance.now();
    while (performance.now() - began < seconds * 1000) {
      const due = ((performance.now() - began) / 1000) * perSecond;
      while (written < due) {
        const id = (written++ % rows) + 1;
        await database.db.run(
          sql`insert or replace into tasks (id, text, ownerId) values (${id}, ${text(written)}, 1)`,
        );
      }
      const explanation = await server.server.explain(slow.session(), "s");
      const { bytes = 0, frames = 0 } = explanation?.waiting ?? {};
      most.bytes = Math.max(most.bytes, bytes);
      most.frames = Math.max(most.frames, frames);
      if (frames > 0) most.waited++;
      await delay(5);
    }
    const expected = new Map<number, string>();
    for (let n = Math.max(1, written - rows + 1); n <= written; n++)
      expected.set(((n - 1) % rows) + 1, text(n));
    for (const reader of fast)
      await expect.poll(() => isEqual(reader.rows, expected), { timeout: 10_000 }).toBe(true);
    for (const reader of fast) expect(reader.resets()).toBe(0);
    expect(most.waited).toBeGreaterThan(0);
    // Each of the list's rows once, and a few frames, whatever the number of changes was.
    expect(most.bytes).toBeLessThan(rows * (text(0).length + 1000));
    expect(most.frames).toBeLessThan(20);
    speedUp();
    await expect.poll(() => isEqual(slow.rows, expected), { timeout: 20_000 }).toBe(true);
    expect(server.server.stats()).toEqual({
      connections: fastReaders + 1,
      subscriptions: fastReaders + 1,
      opening: 0,
      groups: 1,
    });
  },
  (seconds + 60) * 1000,
);
