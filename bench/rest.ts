import assert from "node:assert/strict";
import { Agent, createServer as createHttpServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createServer } from "liveset";
import { toNodeHandler } from "liveset/node";
import { sqlite } from "liveset/sqlite";
import { byHand } from "./by-hand.ts";
import { compare } from "./compare.ts";
import type { Measurement } from "./measurement.ts";
import { api, createTaskFile } from "./task-database.ts";

const rows = 10_000;

/** One HTTP call, done over whatever transport; resolves to the body's text. */
type Send = (path: string, patch?: object) => Promise<string>;

/** What is measured: the n-th call of each kind. */
const calls: Readonly<Record<string, (send: Send, n: number) => Promise<string>>> = {
  "retrieve one": (send, n) => send(`/api/tasks/${1 + (n % rows)}/`),
  "list 100 of 10,000": (send) => send("/api/tasks/?limit=100"),
  "list 50, filtered": (send, n) => send(`/api/tasks/?done=false&listId=${(n % 50) * 2}&limit=50`),
  patch: (send, n) => send(`/api/tasks/${1 + (n % rows)}/`, { text: `Changed for the ${n}th time` }),
};

/** REST reads and writes against the same handlers written by hand on Hono, on one and the same database. */
export async function benchRest(): Promise<readonly Measurement[]> {
  const file = createTaskFile(rows);
  const server = createServer(api, { database: sqlite(file.path) });
  await server.open();
  const hand = byHand(server.db);
  const http = {
    ours: await listen(createHttpServer(toNodeHandler(server))),
    theirs: await listen(createHttpServer(getRequestListener(hand.fetch))),
  };
  const inProcess = {
    ours: sendTo((request) => server.fetch(request)),
    theirs: sendTo(async (request) => hand.fetch(request)),
  };
  try {
    await sameAnswers(inProcess);
    return [
      ...(await measure("REST in process", inProcess, { rounds: 24, operations: 100 })),
      ...(await measure("REST over HTTP", http, { rounds: 12, operations: 100 })),
    ];
  } finally {
    http.ours.close();
    http.theirs.close();
    await server.close();
    file.remove();
  }
}

async function measure(
  transport: string,
  send: { readonly ours: Send; readonly theirs: Send },
  options: { readonly rounds: number; readonly operations: number },
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const once = (by: Send) => async (n: number) => void (await call(by, n));
    const ways = { ours: once(send.ours), theirs: once(send.theirs) };
    const { ours, theirs } = await compare(ways, options);
    const ratio = theirs / ours;
    measurements.push({
      what: `${transport}: ${name}`,
      value: `${ours.toFixed(0)} µs`,
      baseline: `${theirs.toFixed(0)} µs by hand on Hono`,
      ratio,
      budget: { text: "≥ 0.7 ×", kept: ratio >= 0.7 },
    });
  }
  return measurements;
}

/** A comparison of different work would say nothing. */
async function sameAnswers(send: { readonly ours: Send; readonly theirs: Send }): Promise<void> {
  for (const call of Object.values(calls)) {
    assert.deepEqual(JSON.parse(await call(send.ours, 4)), JSON.parse(await call(send.theirs, 4)));
  }
}

function sendTo(answer: (request: Request) => Promise<Response>): Send {
  return async (path, patch) => {
    const init = patch === undefined ? {} : { method: "PATCH", headers: json, body: JSON.stringify(patch) };
    const response = await answer(new Request(`http://localhost${path}`, init));
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.text();
  };
}

const json = { "content-type": "application/json" };

/** Calls over one connection that is kept. */
async function listen(server: ReturnType<typeof createHttpServer>): Promise<Send & { close(): void }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send: Send = (path, patch) =>
    new Promise((resolve, reject) => {
      const method = patch === undefined ? "GET" : "PATCH";
      const call = request({ host: "127.0.0.1", port, path, agent, method, headers: json }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () =>
          response.statusCode === 200 ? resolve(body) : reject(new Error(`${path}: ${body}`)),
        );
      });
      call.on("error", reject);
      call.end(patch === undefined ? undefined : JSON.stringify(patch));
    });
  return Object.assign(send, {
    close: () => {
      agent.destroy();
      server.close();
    },
  });
}
