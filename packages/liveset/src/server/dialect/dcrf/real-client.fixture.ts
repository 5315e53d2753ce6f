import { createRequire } from "node:module";
import { sql } from "drizzle-orm";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import { defineApi } from "../../define-api.ts";
import { type RunningServer, serve } from "../../node.ts";
import { observer } from "../../observer.ts";
import { resource } from "../../resource.ts";
import { createThings, things } from "./dcrf.fixture.ts";

/** The parts of dcrf-client 0.3.0 that its documentation names. */
export interface RealClient {
  readonly dispatcher: { listen(selector: object, handler: (message: unknown) => void): number };
  readonly transport: {
    readonly socket: {
      readonly readyState: number;
      onopen: ((event: unknown) => void) | null;
      close(): void;
      reconnect(): void;
    };
    on(event: "open" | "connect" | "reconnect" | "message", listener: () => void): void;
  };
  initialize(): void;
  close(unsubscribe?: boolean): void;
  list(stream: string, data?: object, requestId?: string): Promise<unknown>;
  create(stream: string, props: object, requestId?: string): Promise<unknown>;
  retrieve(stream: string, pk: number, data?: object, requestId?: string): Promise<unknown>;
  update(stream: string, pk: number, props: object, requestId?: string): Promise<unknown>;
  patch(stream: string, pk: number, props: object, requestId?: string): Promise<unknown>;
  delete(stream: string, pk: number, data?: object, requestId?: string): Promise<unknown>;
  request(stream: string, payload: object, requestId?: string): Promise<unknown>;
  subscribe(
    stream: string,
    pk: number,
    callback: (data: Record<string, unknown>, action: string) => void,
    requestId?: string,
  ): Promise<unknown> & { cancel(): boolean };
  unsubscribeAll(): number;
  resubscribe(): void;
  send(message: object): void;
  sendNow(message: object): void;
}

/** Options of it. */
export interface RealOptions {
  readonly pkField?: string;
  readonly ensurePkFieldInDeleteEvents?: boolean;
  readonly preprocessPayload?: (
    stream: string,
    payload: Record<string, unknown>,
    requestId: string,
  ) => unknown;
  readonly preprocessMessage?: (message: Record<string, unknown>) => unknown;
}

interface Package {
  connect(url: string, options: object): RealClient;
  createClient(url: string, options: object): RealClient;
}

/** dcrf-client as its users import it. */
export const dcrf: Package = (createRequire(import.meta.url)("dcrf-client") as { default: Package }).default;

const websocket = { WebSocket, minReconnectionDelay: 20, maxReconnectionDelay: 50 };

/** What `serveThings` gives. */
export interface ServedThings extends RunningServer {
  /** A client that ends with the test. */
  connect(options?: RealOptions): RealClient;
  /** The same, not yet connected. */
  create(options?: RealOptions): RealClient;
}

/**
 * The server that dcrf-client's own integration suite expects: at `/ws` the streams `things` (`{pk, name, counter}`) and
 * `things_with_id` (`{id, name, counter}`), with `subscribe_many` and `unsubscribe_many`. It ends with the test.
 *
 * @param fresh whether each connection has an empty store of its own
 */
export async function serveThings({
  fresh = false,
}: {
  readonly fresh?: boolean;
} = {}): Promise<ServedThings> {
  const database = sqlite(":memory:");
  await database.db.run(createThings);
  const api = defineApi({
    things: resource(things, {
      fields: ["id", "name", "counter"],
      scope: ({ user }) => ({ store: String(user?.id ?? "") }),
      hooks: { beforeCreate: ({ user }, values) => ({ ...values, store: String(user?.id ?? "") }) },
      observe: { subscribe_many: observer(things) },
    }),
  });
  const server = await serve(api, {
    database,
    port: 0,
    signals: false,
    log: { level: "silent" },
    authenticate: () => (fresh ? { id: crypto.randomUUID() } : null),
    dcrf: { streams: { things: { resource: "things", pkField: "pk" }, things_with_id: "things" } },
    fallback: () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
  });
  onTestFinished(() => server.close());
  const url = `${server.url.replace("http", "ws")}/ws`;
  const ending = (client: RealClient): RealClient => {
    onTestFinished(() => client.close());
    return client;
  };
  return {
    ...server,
    connect: (options = {}) => ending(dcrf.connect(url, { ...options, websocket })),
    create: (options = {}) => ending(dcrf.createClient(url, { ...options, websocket })),
  };
}

/** Runs SQL as anybody might. */
export async function runSql({ db }: RunningServer, statement: string): Promise<void> {
  await db.run(sql.raw(statement));
}

/** Keeps what a callback is given, and lets a test wait for so many calls. */
export function recorder(): {
  readonly calls: (readonly [Record<string, unknown>, string])[];
  readonly record: (data: Record<string, unknown>, action: string) => void;
  until(count: number): Promise<void>;
} {
  const calls: (readonly [Record<string, unknown>, string])[] = [];
  let wake = (): void => {};
  return {
    calls,
    record(data, action) {
      calls.push([data, action]);
      wake();
    },
    async until(count) {
      while (calls.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
