import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished } from "vitest";
import type { SocketEnd } from "../../../testing/socket-end.ts";
import { type SocketPair, socketPair } from "../../../testing/socket-pair.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";
import type { Api } from "../../api.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import type { Database } from "../../database/database.ts";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import type { ServerOptions } from "../../server-options.ts";

export const todos = sqliteTable("todos", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
});

const createTodos = sql`create table todos (id integer primary key, text text not null, done integer not null default 0)`;

/** A frame that came. */
export type Frame = Readonly<Record<string, unknown>>;

/** A client of django-rest-live: it knows of nothing but its frames. */
export class RestLiveClient {
  readonly pair: SocketPair;
  readonly #socket: SocketEnd;
  readonly #server: LivesetServer;
  readonly #unread: Frame[] = [];
  #wake: () => void = () => {};
  #barriers = 0;
  /** The close code, null while it is open. */
  closed: number | null = null;

  constructor(pair: SocketPair, server: LivesetServer) {
    this.pair = pair;
    this.#server = server;
    this.#socket = pair.client;
    pair.client.addEventListener("message", ({ data }) => {
      this.#unread.push(JSON.parse(String(data)) as Frame);
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

  send(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  /** The next frame. */
  async next(): Promise<Frame> {
    await this.until(() => this.#unread.length > 0);
    return this.#unread.shift() ?? {};
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Everything that came unread, once all that the server had to say by now has arrived. */
  async rest(): Promise<readonly Frame[]> {
    const id = this.#barrier();
    this.send({ type: "unsubscribe", id });
    return (await this.#upTo(id)).slice(0, -1);
  }

  /** Subscribes, and is answered by nothing: resolves when the subscription is open. */
  async subscribe(frame: Frame): Promise<void> {
    const before = this.#server.stats().subscriptions;
    this.send({ type: "subscribe", ...frame });
    await expect
      .poll(() => this.#server.stats(), { interval: 1 })
      .toMatchObject({ subscriptions: before + 1, opening: 0 });
    expect(await this.rest()).toEqual([]);
  }

  #barrier(): string {
    return `barrier ${++this.#barriers}`;
  }

  /** What came unread up to the first frame with this id, which is the last of it. */
  async #upTo(id: string): Promise<readonly Frame[]> {
    const place = (): number => this.#unread.findIndex((frame) => frame.id === id);
    await this.until(() => place() >= 0);
    return this.#unread.splice(0, place() + 1);
  }
}

/** A server with todos, in memory, that ends with the test. */
export class RestLiveServer {
  readonly server: LivesetServer;
  readonly clock: VirtualClock;

  readonly #database: Database;

  constructor(server: LivesetServer, database: Database, clock: VirtualClock) {
    this.server = server;
    this.#database = database;
    this.clock = clock;
  }

  /** Runs SQL as anybody might; what it did has been told when this resolves. */
  async run(statement: string): Promise<void> {
    await this.#database.write(async (db) => {
      await db.run(sql.raw(statement));
      return null;
    });
  }

  async connect(user?: number, path = "/ws/subscribe/"): Promise<RestLiveClient> {
    const { connections } = this.server.stats();
    const pair = socketPair({ protocol: "" });
    const client = new RestLiveClient(pair, this.server);
    this.server.accept(
      pair.server,
      new Request(`http://test${path}${user === undefined ? "" : `?user=${user}`}`),
    );
    await new Promise<void>((resolve) => pair.client.addEventListener("open", () => resolve()));
    // Until its principal is known what it sends is kept, up to a bound.
    await expect
      .poll(() => this.server.stats().connections > connections || client.closed !== null)
      .toBe(true);
    return client;
  }
}

export async function startRestLive(api: Api, options: Partial<ServerOptions> = {}): Promise<RestLiveServer> {
  const database = sqlite(":memory:");
  await database.db.run(createTodos);
  const clock = new VirtualClock();
  const logged: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const server = createServer(api, {
    database,
    clock,
    log,
    authenticate: (request) => {
      const id = new URL(request.url).searchParams.get("user");
      return id === null ? null : { id: Number(id) };
    },
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    if (logged.length > 0) throw new Error(JSON.stringify(logged));
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
  });
  await server.open();
  return new RestLiveServer(server, database, clock);
}
