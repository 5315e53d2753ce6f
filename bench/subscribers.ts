import { openSockets } from "./open-sockets.ts";
import type { SubscriberPlan, Told } from "./subscriber-plan.ts";

/**
 * A process with many WebSockets at one server, started with a `SubscriberPlan`. Each subscribes as soon as the server has
 * greeted it. Says `"ready"` when all subscriptions are open, and after each change of which all were told
 * `{ at, frames }`: when the last was, and what one of them got.
 */
const plan = JSON.parse(process.argv[2] ?? "") as SubscriberPlan;
const subscriptions = plan.sockets * plan.subscriptions;
let subscribed = 0;
let told = 0;
let frames: string[] = [];

const isGreeting = (text: string): boolean => text.startsWith('{"type":"welcome"') || text.startsWith("40{");
const isSubscribed = (text: string): boolean =>
  text.startsWith('{"type":"subscribed"') || text === '42["subscribed"]';

function subscribeTo(index: number, number: number): string {
  if (plan.url.includes("EIO=")) return `42["subscribe","${number}"]`;
  const own = (plan.first ?? 0) + index * plan.subscriptions + number;
  const shared = number === 0 ? 1 : { in: [1, 1000 + number] };
  const query = { where: { listId: plan.lists === "own" ? own : shared } };
  return JSON.stringify({
    type: "subscribe",
    id: `s${number}`,
    resource: "tasks",
    action: "list",
    query,
  });
}

await openSockets(plan.sockets, plan.url, (socket, index) => {
  socket.on("message", (data) => {
    const text = String(data);
    if (text.startsWith('0{"sid"')) socket.send("40");
    else if (isGreeting(text)) {
      for (let number = 0; number < plan.subscriptions; number++) socket.send(subscribeTo(index, number));
    } else if (isSubscribed(text)) {
      if (++subscribed === subscriptions) process.send?.("ready" satisfies Told);
    } else if (text.startsWith('{"type":"error"')) throw new Error(text);
    else {
      if (index === 0) frames.push(text);
      if (++told < plan.sockets * plan.frames) return;
      process.send?.({ at: Number(process.hrtime.bigint()) / 1e6, frames } satisfies Told);
      told = 0;
      frames = [];
    }
  });
});
