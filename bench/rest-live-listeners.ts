import { openSockets } from "./open-sockets.ts";

/** What `rest-live-listeners.ts` is started with. */
export interface ListenersPlan {
  readonly url: string;
  readonly sockets: number;
  /** `same`: all follow one list; `own`: each a list of its own. */
  readonly lists: "same" | "own";
}

/** `"ready"` when all have asked; then, each time all whom a change concerns have it, when the last had, and what it got. */
export type Heard = "ready" | { readonly at: number; readonly text: string };

const plan = JSON.parse(process.argv[2] ?? "") as ListenersPlan;
const concerned = plan.lists === "same" ? plan.sockets : 1;
let heard = 0;

await openSockets(plan.sockets, plan.url, (socket, index) => {
  const query_params = plan.lists === "same" ? {} : { listId: index };
  socket.on("message", (data) => {
    const text = String(data);
    if (!text.startsWith('{"type":"broadcast"')) return;
    if (++heard % concerned > 0) return;
    process.send?.({ at: Number(process.hrtime.bigint()) / 1e6, text } satisfies Heard);
  });
  socket.on("open", () => {
    socket.send(JSON.stringify({ type: "subscribe", id: 1, model: "tasks", action: "list", query_params }));
    if (index === plan.sockets - 1) process.send?.("ready" satisfies Heard);
  });
});
