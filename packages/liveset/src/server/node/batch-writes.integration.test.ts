import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Socket } from "../socket.ts";
import { batchWrites } from "./batch-writes.ts";

interface Pair {
  /** Made by `batchWrites`. */
  readonly socket: Socket;
  readonly duplex: Duplex;
  readonly client: WebSocket;
  readonly received: string[];
  /** The close code. */
  readonly closed: Promise<number>;
}

/** Some connections that share their frames. */
async function connect(count: number, perMessageDeflate = false): Promise<readonly Pair[]> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  });
  const toSocket = batchWrites();
  const pairs: Pair[] = [];
  for (let n = 0; n < count; n++) {
    const accepted = new Promise<Pick<Pair, "socket" | "duplex">>((resolve) =>
      sockets.once("connection", (socket, { socket: duplex }) =>
        resolve({ socket: toSocket(socket, duplex), duplex }),
      ),
    );
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      perMessageDeflate,
    });
    const received: string[] = [];
    client.on("message", (data) => received.push(String(data)));
    const closed = new Promise<number>((resolve) => client.on("close", resolve));
    pairs.push({ ...(await accepted), client, received, closed });
  }
  return pairs;
}

const texts = ["", "a", "x".repeat(125), "ü".repeat(63), "x".repeat(65_535), `${"€".repeat(30_000)}😀`, "a"];

test.each([
  ["plain", false],
  ["compressed", true],
])("what several %s sockets are sent arrives whole and in order at each", async (_, perMessageDeflate) => {
  const pairs = await connect(3, perMessageDeflate);
  for (const text of texts) {
    for (const { socket } of pairs) socket.send(text);
    pairs[0]?.socket.send("of the first alone");
  }
  for (const { socket } of pairs) socket.close(1000, "done");
  expect(await Promise.all(pairs.map(({ closed }) => closed))).toEqual([1000, 1000, 1000]);
  const [first, second, third] = pairs.map(({ received }) => received);
  expect(first).toEqual(texts.flatMap((text) => [text, "of the first alone"]));
  expect(second).toEqual(texts);
  expect(third).toEqual(texts);
});

test("what is sent counts as buffered at once, and goes to the network in one write a turn", async () => {
  const [pair] = await connect(1);
  if (pair === undefined) throw new Error("There is no connection.");
  const { socket, duplex, client, received } = pair;
  socket.send("a".repeat(1000));
  socket.send("b");
  expect(socket.bufferedAmount).toBe(4 + 1000 + 2 + 1);
  expect(duplex.writableCorked).toBe(1);
  await new Promise((resolve) => client.once("message", resolve));
  expect(duplex.writableCorked).toBe(0);
  expect(socket.bufferedAmount).toBe(0);
  await expect.poll(() => received.length).toBe(2);
});

test("nothing follows a close, and sending to one that closes or is gone does no harm", async () => {
  const [pair] = await connect(1);
  if (pair === undefined) throw new Error("There is no connection.");
  const { socket, duplex, received, closed } = pair;
  socket.send("before");
  socket.close(4000, "enough");
  socket.send("after");
  expect(await closed).toBe(4000);
  expect(received).toEqual(["before"]);
  duplex.destroy();
  socket.send("gone");
});

test("a socket that drains says so", async () => {
  const [pair] = await connect(1);
  if (pair === undefined) throw new Error("There is no connection.");
  const { socket, client, received } = pair;
  client.pause();
  const text = "x".repeat(1_000_000);
  let sent = 0;
  while (sent < 20) {
    socket.send(text);
    sent++;
  }
  const drained = socket.drained?.();
  expect(drained).toBeInstanceOf(Promise);
  client.resume();
  await drained;
  expect(socket.bufferedAmount).toBe(0);
  await expect.poll(() => received.length).toBe(sent);
  expect(received.every((one) => one === text)).toBe(true);
});
