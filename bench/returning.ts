import type { WebSocket } from "ws";
import { openSockets } from "./open-sockets.ts";

/** What `returning.ts` is told: to drop all connections at once, or to come back with all. */
export type Move = "leave" | "return";

/** What `returning.ts` says when all are live, or all have left: how long that took, and how many went on where they had left off. */
export interface Moved {
  readonly ms: number;
  readonly resumed: number;
}

/** Clients that follow one of a hundred lists each, that leave all at once and come back all at once, without waiting for one another. Started with an address and their number. */
const [url = "", number = "1"] = process.argv.slice(2);
const left = new Map<number, { readonly cursor: string; readonly plan: string }>();
let sockets: readonly WebSocket[] = [];

async function come(): Promise<Moved> {
  const begin = performance.now();
  let live = 0;
  let resumed = 0;
  let allLive = (): void => {};
  const done = new Promise<void>((resolve) => {
    allLive = resolve;
  });
  const receive = (socket: WebSocket, index: number, text: string): void => {
    if (text.startsWith('{"type":"welcome"')) socket.send(subscribe(index));
    else if (text.startsWith('{"type":"error"')) throw new Error(text);
    else if (text.startsWith('{"type":"subscribed"')) {
      const frame = JSON.parse(text) as { cursor?: string; plan?: string; resumed?: boolean };
      if (frame.resumed === true) resumed++;
      if (frame.cursor !== undefined && frame.plan !== undefined)
        left.set(index, { cursor: frame.cursor, plan: frame.plan });
      if (++live === Number(number)) allLive();
    }
  };
  sockets = await openSockets(Number(number), url, (socket, index) => {
    socket.on("message", (data) => receive(socket, index, String(data)));
  });
  await done;
  return { ms: performance.now() - begin, resumed };
}

function subscribe(index: number): string {
  const query = { where: { listId: index % 100 } };
  const since = left.get(index);
  return JSON.stringify({ type: "subscribe", id: "s", resource: "tasks", action: "list", query, since });
}

async function leave(): Promise<Moved> {
  const begin = performance.now();
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  for (const socket of sockets) socket.terminate();
  await Promise.all(closed);
  return { ms: performance.now() - begin, resumed: 0 };
}

process.on("message", async (move: Move) => {
  process.send?.(await (move === "leave" ? leave() : come()));
});
