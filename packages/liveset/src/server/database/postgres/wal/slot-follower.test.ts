import { EventEmitter } from "node:events";
import type { Client, ClientBase } from "pg";
import { expect, test } from "vitest";
import type { InstalledWal } from "./install-wal.ts";
import { SlotFollower } from "./slot-follower.ts";

/** A server whose slot somebody else reads for a while. */
class BusyServer {
  readonly streams: EventEmitter[] = [];
  refusals = 0;

  makeClient(): Client {
    const connection = Object.assign(new EventEmitter(), { sendCopyFromChunk: () => {} });
    const client = Object.assign(new EventEmitter(), {
      connection,
      connect: async () => {},
      end: async () => {},
      query: (text: string): Promise<unknown> => {
        if (!text.startsWith("START_REPLICATION")) return Promise.resolve({ rows: [] });
        if (this.refusals-- > 0) return Promise.reject(new Error("the slot is active for PID 7"));
        this.streams.push(client);
        queueMicrotask(() => connection.emit("replicationStart"));
        return new Promise(() => {});
      },
    });
    return client as unknown as Client;
  }

  /** What the pool's connections answer: the database is the same, and the slot stands where it stood. */
  query(text: string): { readonly rows: readonly object[] } {
    return { rows: [text.includes("confirmed_flush_lsn") ? { place: "0" } : { identity: "same" }] };
  }
}

const installed: InstalledWal = {
  epoch: "e",
  publication: "p",
  slot: "s",
  floor: 0,
  identity: "same",
  connection: null,
};

/** A follower of the server's slot, and what it says: whether the stream is there. */
function follow(server: BusyServer) {
  const live: boolean[] = [];
  let settle: { readonly back: () => void; readonly broken: (reason: unknown) => void };
  const back = new Promise<void>((resolve, reject) => {
    settle = { back: resolve, broken: reject };
  });
  const client = { query: async (text: string) => server.query(text) } as unknown as ClientBase;
  const follower = new SlotFollower({
    makeClient: () => server.makeClient(),
    withClient: (work) => work(client),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    installed,
    receive: () => {},
    received: () => 0,
    serverEnd: () => {},
    confirmed: () => 0,
    live: (isLive) => {
      live.push(isLive);
      if (isLive) settle.back();
    },
    broken: (reason) => settle.broken(reason),
    doubt: async () => null,
    startAnew: () => Promise.reject(new Error("Nothing is lost.")),
    restart: async () => {},
  });
  return { follower, live, back };
}

test("P3: a slot that is still read by somebody else is waited for, by one attempt at a time", async () => {
  const server = new BusyServer();
  const { follower, live, back } = follow(server);
  await follower.begin();
  server.refusals = 3;
  server.streams[0]?.emit("error", new Error("Connection terminated"));
  await back;
  expect([live, server.streams.length]).toEqual([[false, true], 2]);
  await follower.stop();
});

test("A slot that somebody else reads is an error for a server that starts", async () => {
  const server = new BusyServer();
  server.refusals = 1;
  const { follower, live } = follow(server);
  await expect(follower.begin()).rejects.toThrow("active for PID 7");
  expect([live, server.streams]).toEqual([[], []]);
});
