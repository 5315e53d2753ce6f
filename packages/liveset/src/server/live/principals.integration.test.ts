import { once } from "node:events";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ReferenceClient } from "../../testing/reference-client.ts";
import type { SocketEnd } from "../../testing/socket-end.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { type RunningServer, serve } from "../node/serve.ts";
import { createTasks, tasksApi } from "./live.fixture.ts";

/** A server whose sessions are what the map says: a cookie's number to a user. */
async function start(sessions: ReadonlyMap<string, number>): Promise<RunningServer> {
  const database = sqlite(":memory:");
  await database.db.run(sql.raw(createTasks));
  await database.db.run(sql`insert into tasks (id, text, ownerId) values (1, 'of one', 1), (2, 'of two', 2)`);
  const server = await serve(tasksApi, {
    database,
    port: 0,
    signals: false,
    log: { level: "silent" },
    authenticate: (request) => {
      const id = sessions.get(request.headers.get("cookie") ?? "");
      return id === undefined ? null : { id };
    },
    principalId: () => "anna",
  });
  onTestFinished(() => server.close());
  return server;
}

async function follow(
  server: RunningServer,
): Promise<{ readonly socket: WebSocket; readonly client: ReferenceClient }> {
  const socket = new WebSocket(`ws://localhost:${server.port}/ws/`, "liveset.v1", {
    headers: { cookie: "session=1" },
  });
  onTestFinished(() => socket.terminate());
  const client = new ReferenceClient(socket as unknown as SocketEnd);
  await once(socket, "open");
  await client.open("s", { resource: "tasks", action: "list" });
  expect(client.rows("s")).toMatchObject([{ id: 1 }]);
  return { socket, client };
}

test("P9: on a real socket a revocation and changed rights are in force within a second", async () => {
  const sessions = new Map([["session=1", 1]]);
  const server = await start(sessions);
  const one = await follow(server);
  sessions.set("session=1", 2);
  const began = performance.now();
  await server.refresh("anna");
  await one.client.until(() => one.client.rows("s").some(({ id }) => id === 2));
  expect(one.client.rows("s")).toMatchObject([{ id: 2 }]);
  expect(performance.now() - began).toBeLessThan(1000);
  const closed = once(one.socket, "close");
  const revoked = performance.now();
  server.revoke("anna");
  const [code] = await closed;
  expect(code).toBe(4401);
  expect(performance.now() - revoked).toBeLessThan(1000);
});
