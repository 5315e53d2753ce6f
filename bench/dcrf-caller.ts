import { createRequire } from "node:module";
import { WebSocket } from "ws";

/** Round trips that dcrf-client made in a second, by call. */
export type RoundTrips = Readonly<Record<"retrieve" | "create" | "patch", number>>;

interface Client {
  retrieve(stream: string, pk: number): Promise<unknown>;
  create(stream: string, props: object): Promise<unknown>;
  patch(stream: string, pk: number, props: object): Promise<unknown>;
}
const { default: dcrf } = createRequire(import.meta.url)("dcrf-client") as {
  default: { connect(url: string, options: object): Client };
};

/** A process with one dcrf-client, started with an address: says how many calls it could make in a second, one after the other. */
const [url = ""] = process.argv.slice(2);
const client = dcrf.connect(url, { websocket: { WebSocket } });
const calls: Readonly<Record<keyof RoundTrips, (n: number) => Promise<unknown>>> = {
  retrieve: (n) => client.retrieve("tasks", 1 + (n % 1000)),
  create: (n) => client.create("tasks", { text: `New ${n}`, done: false, listId: 1 }),
  patch: (n) => client.patch("tasks", 1 + (n % 1000), { text: `Patched ${n}` }),
};

async function rate(call: (n: number) => Promise<unknown>): Promise<number> {
  for (let n = 0; n < 200; n++) await call(n);
  const begin = performance.now();
  for (let n = 0; n < 2000; n++) await call(n + 200);
  return 2_000_000 / (performance.now() - begin);
}

process.send?.({
  retrieve: await rate(calls.retrieve),
  create: await rate(calls.create),
  patch: await rate(calls.patch),
} satisfies RoundTrips);
