import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { protocolName } from "../../core/protocol/name.ts";
import type { LivesetServer } from "../create-server.ts";
import { attachSockets, toNodeHandler } from "../node.ts";
import { serveTasks } from "../serve-tasks.fixture.ts";

/** Listens, with the server's sockets attached, until the test ends; the address without its scheme. */
async function listen(http: Server, server: LivesetServer): Promise<string> {
  const detach = attachSockets(http, server);
  await new Promise<void>((resolve) => {
    http.listen(0, resolve);
  });
  onTestFinished(async () => {
    await detach();
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
  });
  return `localhost:${(http.address() as AddressInfo).port}`;
}

/** The first frame of a socket. */
function firstFrame(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocolName);
    socket.once("error", reject);
    socket.once("message", (data) => {
      resolve(JSON.parse(String(data)));
      socket.terminate();
    });
  });
}

/** REST with a body, a keyed path and a query, the host's own route, and a socket. */
async function expectServed(address: string): Promise<void> {
  const headers = { "content-type": "application/json", "x-user": "7" };
  const created = await fetch(`http://${address}/api/tasks/`, {
    method: "POST",
    headers,
    body: '{"text":"Mounted"}',
  });
  expect([created.status, created.headers.get("location")]).toEqual([201, `http://${address}/api/tasks/5/`]);
  const list = await fetch(`http://${address}/api/tasks/?text=Mounted`, { headers });
  expect(await list.json()).toMatchObject({ count: 1, results: [{ id: 5, text: "Mounted" }] });
  const head = await fetch(`http://${address}/api/tasks/5/`, { method: "HEAD", headers });
  const row = await fetch(`http://${address}/api/tasks/5/`, { headers });
  expect([head.status, await head.text(), head.headers.get("etag")]).toEqual([
    200,
    "",
    row.headers.get("etag"),
  ]);
  expect(row.headers.get("content-length")).toBe(String((await row.arrayBuffer()).byteLength));
  const missing = await fetch(`http://${address}/api/tasks/99/`, { headers });
  expect(missing.headers.get("content-type")).toBe("application/problem+json");
  expect(await missing.json()).toMatchObject({ status: 404, code: "not_found" });
  expect((await fetch(`http://${address}/api/tasks/5`, { method: "DELETE", headers })).status).toBe(204);
  expect(await (await fetch(`http://${address}/own`)).text()).toBe("own");
  expect(await firstFrame(`ws://${address}/ws/`)).toMatchObject({ type: "welcome" });
}

test("a server is mounted in Hono", async () => {
  const server = await serveTasks();
  const app = new Hono();
  app.get("/own", (c) => c.text("own"));
  app.all("/api/*", (c) => server.fetch(c.req.raw));
  await expectServed(await listen(createHttpServer(getRequestListener(app.fetch)), server));
});

test("a server is mounted in Express", async () => {
  const server = await serveTasks();
  const app = express();
  app.use(toNodeHandler(server));
  app.use(express.json());
  app.get("/own", (_, response) => {
    response.send("own");
  });
  await expectServed(await listen(createHttpServer(app), server));
});

test("a server is mounted in Fastify", async () => {
  const server = await serveTasks();
  const handle = toNodeHandler(server);
  const app = Fastify({
    serverFactory: (fastify) =>
      createHttpServer((request, response) => handle(request, response, () => fastify(request, response))),
  });
  onTestFinished(() => app.close());
  app.get("/own", async () => "own");
  await app.ready();
  await expectServed(await listen(app.server, server));
});

test("a server is mounted in plain http", async () => {
  const server = await serveTasks({ fallback: () => new Response("own") });
  await expectServed(await listen(createHttpServer(toNodeHandler(server)), server));
});
