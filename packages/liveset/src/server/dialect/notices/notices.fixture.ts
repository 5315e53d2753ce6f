import { relations, sql } from "drizzle-orm";
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

/** Who sees a row: the user of this id, or, where it is null, everybody. */
const audience = { ownerId: integer("owner_id") };

export const orgs = sqliteTable("orgs", {
  id: text().primaryKey(),
  name: text().notNull().default(""),
  ...audience,
});
export const users = sqliteTable("users", {
  id: text().primaryKey(),
  name: text().notNull().default(""),
  orgId: text("org_id"),
  secret: text(),
  ...audience,
});
export const docs = sqliteTable("docs", {
  id: integer().primaryKey(),
  title: text().notNull().default(""),
  orgId: text("org_id"),
  authorId: text("author_id"),
  ...audience,
});
export const schema = {
  orgs,
  users,
  docs,
  orgsRelations: relations(orgs, ({ many }) => ({ users: many(users), docs: many(docs) })),
  usersRelations: relations(users, ({ one, many }) => ({
    org: one(orgs, { fields: [users.orgId], references: [orgs.id] }),
    docs: many(docs),
  })),
  docsRelations: relations(docs, ({ one }) => ({
    org: one(orgs, { fields: [docs.orgId], references: [orgs.id] }),
    author: one(users, { fields: [docs.authorId], references: [users.id] }),
  })),
};

const tables = [
  sql`create table orgs (id text primary key, name text not null default '', owner_id integer)`,
  sql`create table users (id text primary key, name text not null default '', org_id text, secret text, owner_id integer)`,
  sql`create table docs (id integer primary key, title text not null default '', org_id text, author_id text, owner_id integer)`,
  sql`insert into orgs (id, name) values ('o1', 'Org 1'), ('o2', 'Org 2')`,
  sql`insert into users (id, name, org_id) values ('u1', 'Ada', 'o1'), ('u2', 'Ben', 'o1'), ('u3', 'Cleo', 'o2')`,
];

/** A frame that came. */
export type Frame = Readonly<Record<string, unknown>>;

/** A client of notices: it knows of nothing but frames. */
export class NoticesClient {
  readonly pair: SocketPair;
  readonly #socket: SocketEnd;
  readonly #unread: Frame[] = [];
  #wake: () => void = () => {};
  /** The close code, null while it is open. */
  closed: number | null = null;

  constructor(pair: SocketPair) {
    this.pair = pair;
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

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The next frame. */
  async next(): Promise<Frame> {
    await this.until(() => this.#unread.length > 0);
    return this.#unread.shift() ?? {};
  }

  /** The next frames, so many. */
  async take(count: number): Promise<readonly Frame[]> {
    await this.until(() => this.#unread.length >= count);
    return this.#unread.splice(0, count);
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Everything that came unread. */
  read(): readonly Frame[] {
    return this.#unread.splice(0);
  }

  /** Everything that came unread, once all that the server had to say by now has arrived. */
  async rest(): Promise<readonly Frame[]> {
    this.send('{"type":"unknown"}');
    const isAnswer = (frame: Frame): boolean => frame.code === "unknown_frame";
    await this.until(() => this.#unread.some(isAnswer) || this.closed !== null);
    return this.read().filter((frame) => !isAnswer(frame));
  }
}

/** A server of notices, in memory, that ends with the test. */
export class NoticesServer {
  readonly server: LivesetServer;
  readonly clock: VirtualClock;
  readonly #database: Database;

  constructor(server: LivesetServer, database: Database, clock: VirtualClock) {
    this.server = server;
    this.#database = database;
    this.clock = clock;
  }

  /** Runs statements as anybody might, in one transaction; what they did has been told when this resolves. */
  async run(...statements: readonly string[]): Promise<void> {
    await this.#database.write(async (db) => {
      for (const statement of statements) await db.run(sql.raw(statement));
      return null;
    });
  }

  /** Connects, and waits until everything that the client may hear of is followed. */
  async connect(user?: number, path = "/ws/notifications/"): Promise<NoticesClient> {
    const { connections } = this.server.stats();
    const pair = socketPair({ protocol: "" });
    const client = new NoticesClient(pair);
    this.server.accept(pair.server, new Request(`http://test${path}`, { headers: headersOf(user) }));
    await new Promise<void>((resolve) => pair.client.addEventListener("open", () => resolve()));
    await expect
      .poll(() => this.server.stats().connections > connections || client.closed !== null, { interval: 1 })
      .toBe(true);
    await this.settled();
    return client;
  }

  /** Waits until no query is being opened, and, where a number is given, so many are open. */
  async settled(subscriptions?: number): Promise<void> {
    const wanted = subscriptions === undefined ? {} : { subscriptions };
    await expect.poll(() => this.server.stats(), { interval: 1 }).toMatchObject({ opening: 0, ...wanted });
  }

  /** Cuts a client's cable, and waits until the server has noticed. */
  async cut(client: NoticesClient): Promise<void> {
    const { connections } = this.server.stats();
    client.pair.cut();
    await expect.poll(() => this.server.stats().connections, { interval: 1 }).toBe(connections - 1);
  }

  /** The feed as a stream of events. */
  async stream(
    user?: number,
    { lastEventId, path = "/api/notifications/" }: { lastEventId?: string; path?: string } = {},
  ): Promise<NoticesStream> {
    const abort = new AbortController();
    const response = await this.server.fetch(
      new Request(`http://test${path}`, {
        headers: {
          ...headersOf(user),
          ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
        },
        signal: abort.signal,
      }),
    );
    return new NoticesStream(response, abort);
  }
}

function headersOf(user: number | undefined): Record<string, string> {
  return user === undefined ? {} : { authorization: `Bearer ${user}` };
}

/** An event as a browser would dispatch it. */
export interface StreamEvent {
  readonly type: string;
  readonly data: unknown;
  readonly lastEventId: string;
}

/** A reader of an event stream, as WHATWG describes it. */
export class NoticesStream {
  readonly response: Response;
  readonly abort: AbortController;
  readonly comments: string[] = [];
  lastEventId = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.abort = abort;
    this.#reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  }

  /** The next event that has data; null at the end of the stream. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await this.#reader.read();
        if (done) return null;
        this.#text += this.#decoder.decode(value, { stream: true });
        continue;
      }
      const event = this.#dispatch(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
      if (event !== null) return event;
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  #dispatch(block: string): StreamEvent | null {
    let type = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const [field = "", ...rest] = line.split(":");
      const value = rest.join(":").replace(/^ /, "");
      if (field === "") this.comments.push(value);
      else if (field === "event") type = value;
      else if (field === "data") data.push(value);
      else if (field === "id") this.lastEventId = value;
    }
    if (data.length === 0) return null;
    return { type, data: JSON.parse(data.join("\n")), lastEventId: this.lastEventId };
  }
}

export async function startNotices(api: Api, options: Partial<ServerOptions> = {}): Promise<NoticesServer> {
  const database = sqlite(":memory:");
  for (const statement of tables) await database.db.run(statement);
  const clock = new VirtualClock();
  const logged: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const server = createServer(api, {
    database,
    clock,
    log,
    authenticate: (request) => {
      const [, id] = /^Bearer (\d+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
      return id === undefined ? null : { id: Number(id) };
    },
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    if (logged.length > 0)
      throw new Error(JSON.stringify(logged, (_, value) => (value instanceof Error ? value.stack : value)));
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
  });
  await server.open();
  return new NoticesServer(server, database, clock);
}
