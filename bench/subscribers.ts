import { WebSocket } from "ws";

/**
 * A process with many WebSockets at one server, started with its address and their number. Each subscribes to list 1 as soon as
 * the server says `welcome`. Says `"ready"` when all have their rows, and after each transaction that all of them were told of
 * `{ at, frames }`: when the last was, and what one of them got.
 */
const [url = "", number = "1"] = process.argv.slice(2);
const expected = Number(number);
const subscribe = JSON.stringify({
  type: "subscribe",
  id: "s",
  resource: "tasks",
  action: "list",
  query: { where: { listId: 1 } },
});
let subscribed = 0;
let told = 0;
let frames: string[] = [];

function receive(socket: WebSocket, index: number, text: string): void {
  if (text.startsWith('{"type":"welcome"')) socket.send(subscribe);
  else if (text.startsWith('{"type":"subscribed"')) {
    if (++subscribed === expected) process.send?.("ready");
  } else if (index === 0) frames.push(text);
  if (!text.startsWith('{"type":"commit"') || ++told < expected) return;
  process.send?.({ at: Number(process.hrtime.bigint()) / 1e6, frames });
  told = 0;
  frames = [];
}

for (let index = 0; index < expected; index++) {
  const socket = new WebSocket(url, "liveset.v1");
  socket.on("message", (data) => receive(socket, index, String(data)));
  socket.on("error", (error) => {
    throw error;
  });
  // So that the server's queue of connections waiting to be accepted does not overflow.
  if (index % 50 === 49) await new Promise((resolve) => socket.once("open", resolve));
}
