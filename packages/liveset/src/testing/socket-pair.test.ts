import { expect, test } from "vitest";
import type { OpenWebSocket } from "../client/web-socket.ts";
import type { Socket } from "../server/socket.ts";
import { type SocketPair, socketPair } from "./socket-pair.ts";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function record({ client, server }: SocketPair): string[] {
  const events: string[] = [];
  for (const [name, end] of [["client", client] as const, ["server", server] as const]) {
    end.addEventListener("open", () => events.push(`${name} open`));
    end.addEventListener("message", ({ data }) => events.push(`${name} ${String(data)}`));
    end.addEventListener("close", ({ code }) => events.push(`${name} close ${code}`));
  }
  return events;
}

test("both ends fit the interfaces of the server and the client", () => {
  const { client, server } = socketPair();
  const forServer: Socket = server;
  const openSocket: OpenWebSocket = () => client;
  expect(forServer.protocol).toBe("liveset.v1");
  expect(openSocket("ws://test", [])).toBe(client);
});

test("frames arrive later, in order, after the client has opened", async () => {
  const pair = socketPair();
  const events = record(pair);
  pair.server.send("1");
  pair.server.send("2");
  expect(events).toEqual([]);
  await turn();
  expect(events).toEqual(["client open", "client 1", "client 2"]);
  pair.client.send("3");
  await turn();
  expect(events.at(-1)).toBe("server 3");
});

test("a close arrives behind what was sent before it, and nothing is sent after it", async () => {
  const pair = socketPair();
  const events = record(pair);
  await turn();
  pair.server.send("last");
  pair.server.close(4408, "slow");
  pair.server.send("never");
  await turn();
  expect(events).toEqual(["client open", "client last", "client close 4408", "server close 4408"]);
});

test("a held line keeps frames in bufferedAmount, in bytes, until it is let go", async () => {
  const pair = socketPair();
  const events = record(pair);
  await turn();
  const release = pair.hold("client");
  pair.server.send("é");
  await turn();
  expect(pair.server.bufferedAmount).toBe(2);
  expect(events).toEqual(["client open"]);
  release();
  await turn();
  expect(pair.server.bufferedAmount).toBe(0);
  expect(events.at(-1)).toBe("client é");
});

test("a cut loses what is under way and closes both ends with 1006", async () => {
  const pair = socketPair();
  const events = record(pair);
  await turn();
  pair.server.send("lost");
  pair.cut();
  pair.client.send("lost too");
  await turn();
  expect(events).toEqual(["client open", "client close 1006", "server close 1006"]);
});
