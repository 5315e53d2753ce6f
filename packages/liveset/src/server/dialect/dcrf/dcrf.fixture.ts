import { inspect } from "node:util";
import { eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished } from "vitest";
import { z } from "zod";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import type { SocketEnd } from "../../../testing/socket-end.ts";
import { type SocketPair, socketPair } from "../../../testing/socket-pair.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";
import { action } from "../../action.ts";
import type { Api } from "../../api.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import type { Database } from "../../database/database.ts";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import { defineApi } from "../../define-api.ts";
import { gate } from "../../live/live.fixture.ts";
import { observer } from "../../observer.ts";
import { resource } from "../../resource.ts";
import type { ServerOptions } from "../../server-options.ts";
import type { DcrfOptions } from "./dcrf-options.ts";

export const things = sqliteTable("things", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  counter: integer().notNull().default(0),
  /** The connection that it belongs to, where each has a store of its own. */
  store: text().notNull().default(""),
});

export const createThings = sql`create table things (id integer primary key, name text not null, counter integer not null default 0,
  store text not null default '', unique (name, store))`;

/** The names of dcrf-client's own fixture: things by `pk` and by `id`. */
export const streams: DcrfOptions["streams"] = {
  things: { resource: "things", pkField: "pk" },
  things_with_id: "things",
  paged: { resource: "things", pagination: "limit-offset" },
  streamed: { resource: "things", pagination: "streamed" },
};

/** What the actions of the fixture wait for. */
export const gates: { current: ReturnType<typeof gate> } = { current: gate() };

/** Things, and actions of every kind. */
export const thingsApi: Api = defineApi({
  things: resource(things, {
    model: "test.Thing",
    fields: ["id", "name", "counter"],
    filters: ["name", "counter"],
    orderBy: ["id", "name"],
    params: { least: z.coerce.number().optional() },
    scope: ({ params }) => (params.least === undefined ? true : { counter: { gte: params.least } }),
    check: () => true,
    pageSize: 2,
    maxPageSize: 3,
    permissions: { delete: (_, { name }) => name !== "precious" },
    observe: {
      subscribe_many: observer(things),
      subscribe_above: observer(things, {
        unsubscribe: "stop_above",
        args: z.object({ above: z.number().int() }),
        where: ({ above }) => ({ counter: { gt: above } }),
      }),
    },
    actions: {
      increment: action(things, {
        run: async ({ db, row }) => {
          const counter = row.counter + 1;
          await db.update(things).set({ counter }).where(eq(things.id, row.id));
          return { counter };
        },
      }),
      echo: action(things, {
        detail: false,
        input: z.object({ said: z.string() }),
        run: ({ input }) => input,
      }),
      nothing: action(things, { detail: false, run: () => undefined }),
      thrice: action(things, {
        detail: false,
        run: ({ reply }) => {
          reply({ n: 1 });
          reply({ n: 2 }, 202);
          return { n: 3 };
        },
      }),
      twice: action(things, {
        detail: false,
        run: ({ reply }) => {
          reply({ n: 1 });
          reply({ n: 2 });
        },
      }),
      mute: action(things, { detail: false, silent: true, run: () => "unheard" }),
      undone: action(things, {
        detail: false,
        run: ({ reply }) => {
          reply("never happened");
          throw new LivesetError("conflict", { detail: "Undone." });
        },
      }),
      crash: action(things, {
        detail: false,
        run: () => {
          throw new Error("secret");
        },
      }),
      throttled: action(things, {
        detail: false,
        input: z.object({ wait: z.number().optional() }),
        run: ({ input }) => {
          throw new LivesetError("throttled", input.wait === undefined ? {} : { retryAfter: input.wait });
        },
      }),
      slow: action(things, {
        detail: false,
        run: async () => {
          await gates.current.opened;
          return "slow";
        },
      }),
      aside: action(things, {
        detail: false,
        detached: true,
        run: async ({ reply }) => {
          reply("begun");
          await gates.current.opened;
          return { waited: 1 };
        },
      }),
      aside_throttled: action(things, {
        detail: false,
        detached: true,
        run: () => Promise.reject(new LivesetError("throttled")),
      }),
    },
  }),
});

/** A payload that came, and its stream. */
export type Reply = Readonly<Record<string, Json>> & { readonly stream: Json };

/** A client that knows of nothing but frames. */
export class DcrfClient {
  readonly pair: SocketPair;
  readonly #socket: SocketEnd;
  readonly texts: string[] = [];
  readonly #unread: Reply[] = [];
  #wake: () => void = () => {};
  #barriers = 0;
  /** The close code, null while it is open. */
  closed: number | null = null;

  constructor(pair: SocketPair) {
    this.pair = pair;
    this.#socket = pair.client;
    pair.client.addEventListener("message", ({ data }) => {
      this.texts.push(String(data));
      const { stream, payload } = JSON.parse(String(data)) as {
        stream: Json;
        payload: Record<string, Json>;
      };
      this.#unread.push({ stream, ...payload });
      this.#wake();
    });
    pair.client.addEventListener("close", ({ code }) => {
      this.closed = code;
      this.#wake();
    });
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  send(stream: string, payload: object): void {
    this.sendText(JSON.stringify({ stream, payload }));
  }

  /** The next frame. */
  async next(): Promise<Reply> {
    await this.until(() => this.#unread.length > 0);
    return this.#unread.shift() ?? { stream: null };
  }

  async ask(stream: string, payload: object): Promise<Reply> {
    this.send(stream, payload);
    return this.next();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Everything that came unread, once this stream's requests are answered and its events told. */
  async rest(stream = "things"): Promise<readonly Reply[]> {
    const id = `barrier ${++this.#barriers}`;
    this.send(stream, { action: "list_cancel", request_id: id });
    const place = (): number => this.#unread.findIndex(({ request_id }) => request_id === id);
    await this.until(() => place() >= 0 || this.closed !== null);
    return this.#unread.splice(0, place() + 1).slice(0, -1);
  }
}

/** A server with things, in memory, that ends with the test. */
export class DcrfServer {
  readonly server: LivesetServer;
  readonly clock: VirtualClock;
  readonly logged: object[];
  readonly #database: Database;

  constructor(server: LivesetServer, database: Database, clock: VirtualClock, logged: object[]) {
    this.server = server;
    this.#database = database;
    this.clock = clock;
    this.logged = logged;
  }

  /** Runs SQL as anybody might, in one transaction; what it did has been told when this resolves. */
  async run(...statements: readonly string[]): Promise<void> {
    await this.#database.write(async (db) => {
      for (const statement of statements) await db.run(sql.raw(statement));
      return null;
    });
  }

  async connect(user?: number, path = "/ws/"): Promise<DcrfClient> {
    const { connections } = this.server.stats();
    const pair = socketPair({ protocol: "" });
    const client = new DcrfClient(pair);
    this.server.accept(
      pair.server,
      new Request(`http://test${path}${user === undefined ? "" : `?user=${user}`}`),
    );
    await new Promise<void>((resolve) => pair.client.addEventListener("open", () => resolve()));
    await expect
      .poll(() => this.server.stats().connections > connections || client.closed !== null, { interval: 1 })
      .toBe(true);
    return client;
  }
}

/** Starts a server that ends with the test, which must not have logged an error unless `mayFail` says so. */
export async function startDcrf({
  api = thingsApi,
  mayFail = false,
  tables = [createThings],
  ...options
}: Partial<ServerOptions> & {
  readonly api?: Api;
  readonly mayFail?: boolean;
  readonly tables?: readonly (typeof createThings)[];
} = {}): Promise<DcrfServer> {
  const database = sqlite(":memory:");
  for (const table of tables) await database.db.run(table);
  const clock = new VirtualClock();
  const logged: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const server = createServer(api, {
    database,
    clock,
    log,
    ...(api === thingsApi ? { dcrf: { streams: streams ?? {} } } : {}),
    authenticate: (request) => {
      const id = new URL(request.url).searchParams.get("user");
      return id === null ? null : { id: Number(id) };
    },
    ...options,
  });
  gates.current = gate();
  onTestFinished(async () => {
    gates.current.open();
    await server.close();
    if (logged.length > 0 && !mayFail)
      throw new Error(
        logged
          .slice(0, 5)
          .map((fields) => inspect(fields))
          .join("\n"),
      );
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
  });
  await server.open();
  return new DcrfServer(server, database, clock, logged);
}
