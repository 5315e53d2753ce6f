import { connect } from "node:net";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { protocolName } from "../../core/protocol/name.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { type RunningServer, type ServeOptions, serve } from "../node.ts";
import { api } from "../serve-tasks.fixture.ts";

async function serveEmpty(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const database = sqlite(":memory:");
  await database.db.run(sql`create table lists (id integer primary key, name text not null unique)`);
  await database.db.run(sql`create table tasks (id integer primary key autoincrement, text text not null, done integer not null
    default 0, due integer, list_id integer, owner_id integer not null)`);
  await database.db.run(sql`create table notes (slug text primary key not null, body text not null)`);
  await database.db.run(
    sql`create table seats ("row" text not null, seat integer not null, guest text, primary key ("row", seat))`,
  );
  const server = await serve(api, {
    database,
    port: 0,
    log: { level: "silent" },
    signals: false,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

interface Outcome {
  readonly status?: number | undefined;
  readonly body?: string;
  readonly close?: number;
}

/** What becomes of a handshake: the status that refused it, or the code under which the socket was closed. */
function outcome(
  server: RunningServer,
  path: string,
  headers: Record<string, string>,
  send?: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}${path}`, protocolName, { headers });
    onTestFinished(() => socket.terminate());
    socket.on("error", () => {});
    socket.on("unexpected-response", (_, response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += String(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    socket.on("open", () => (send === undefined ? resolve({ status: 101 }) : socket.send(send)));
    socket.on("close", (close) => resolve({ close }));
  });
}

test("a handshake from a foreign page that carries cookies is refused", async () => {
  const server = await serveEmpty({ origins: ["https://friend.example"] });
  const foreign = await outcome(server, "/ws/", { cookie: "s=1", origin: "https://evil.example" });
  expect(foreign.status).toBe(403);
  expect(JSON.parse(String(foreign.body))).toMatchObject({ code: "origin_refused" });
  expect(await outcome(server, "/ws/", { cookie: "s=1", origin: "https://friend.example" })).toEqual({
    status: 101,
  });
  expect(await outcome(server, "/ws", { cookie: "s=1", origin: server.url })).toEqual({ status: 101 });
});

test("a handshake that authenticate refuses is answered with its error, once", async () => {
  let calls = 0;
  const server = await serveEmpty({
    authenticate: () => {
      calls++;
      throw new LivesetError("session_expired");
    },
  });
  expect(await outcome(server, "/ws/", {})).toMatchObject({ status: 401 });
  expect(calls).toBe(1);
});

test("a handshake elsewhere is not found", async () => {
  const server = await serveEmpty();
  expect(await outcome(server, "/elsewhere/", {})).toMatchObject({ status: 404 });
});

test("a frame larger than the limit closes the socket with 1009", async () => {
  const server = await serveEmpty({ limits: { frameBytes: 1000 } });
  expect(await outcome(server, "/ws/", {}, "x".repeat(1001))).toEqual({ close: 1009 });
});

test("a client that breaks off during the handshake harms nobody", async () => {
  let reached = (): void => {};
  const asked = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let release = (): void => {};
  const held = new Promise<null>((resolve) => {
    release = () => resolve(null);
  });
  const server = await serveEmpty({
    authenticate: () => {
      reached();
      return held;
    },
  });
  const raw = connect(server.port, "localhost");
  raw.on("error", () => {});
  raw.write(
    "GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await asked;
  raw.resetAndDestroy();
  await new Promise((resolve) => {
    raw.once("close", resolve);
  });
  release();
  expect(await outcome(server, "/ws/", {})).toEqual({ status: 101 });
});

test("closing lets a request finish, closes sockets with 1001, and frees the port", async () => {
  let reached = (): void => {};
  const asked = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await serveEmpty({
    authenticate: async (request) => {
      if (!new URL(request.url).pathname.startsWith("/api/")) return null;
      reached();
      await held;
      return { id: 7 };
    },
  });
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws/`, protocolName);
  await new Promise((resolve) => {
    socket.once("message", resolve);
  });
  const closed = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  const request = fetch(`${server.url}/api/tasks/`);
  await asked;
  const closing = Promise.all([server.close(), server.close()]);
  expect(await closed).toBe(1001);
  release();
  expect((await request).status).toBe(200);
  await closing;
  await expect(fetch(`${server.url}/api/tasks/`)).rejects.toThrow();
});

test("closing waits for what never ends no longer than its patience", async () => {
  let reached = (): void => {};
  const asked = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const server = await serveEmpty({
    patience: 50,
    authenticate: () => {
      reached();
      return new Promise(() => {});
    },
  });
  const request = fetch(`${server.url}/api/tasks/`);
  await asked;
  await Promise.all([server.close(), expect(request).rejects.toThrow()]);
});

test("a port that is taken is an error, and leaves nothing open", async () => {
  const server = await serveEmpty();
  await expect(serveEmpty({ port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("a client of django-rest-live is heard at /ws/subscribe/, and kept though it never says anything by itself", async () => {
  const server = await serveEmpty({ limits: { heartbeat: 20 } });
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws/subscribe/`);
  onTestFinished(() => socket.terminate());
  const received: unknown[] = [];
  let pings = 0;
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  socket.on("ping", () => pings++);
  await new Promise((resolve) => socket.on("open", resolve));
  socket.send('{"type":"subscribe","id":7,"model":"notes","action":"list"}');
  // Silent for longer than two heartbeats: a client that has to ping would have been closed by now.
  await expect.poll(() => pings).toBeGreaterThan(4);
  await server.db.run(sql`insert into notes values ('a', 'b')`);
  const instance = { slug: "a", body: "b" };
  await expect
    .poll(() => received)
    .toEqual([{ type: "broadcast", id: 7, model: "notes", action: "CREATED", instance }]);
});
