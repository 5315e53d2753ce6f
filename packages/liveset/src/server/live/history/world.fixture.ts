import { setImmediate } from "node:timers/promises";
import { VirtualClock } from "../../../testing/virtual-clock.ts";
import type { Api } from "../../api.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import type { Database } from "../../database/database.ts";
import type { Limits } from "../../limits.ts";
import { override } from "../live.fixture.ts";
import { historyApi } from "./api.fixture.ts";
import type { HistoryDatabase } from "./database.fixture.ts";
import type { Scopes } from "./oracle.fixture.ts";
import { Rights } from "./rights.fixture.ts";
import type { Statement } from "./statement.fixture.ts";
import { Timeline } from "./timeline.fixture.ts";

/** How a server is set up for histories. */
export interface Setting {
  readonly limits: Partial<Limits>;
  readonly onExpiry: "close" | "anonymous";
}

/** A server on a database, in which one history is played after the other. */
export class World {
  readonly database: HistoryDatabase;
  readonly clock: VirtualClock = new VirtualClock();
  readonly rights: Rights;
  /** Warnings and errors that were logged. */
  readonly logged: object[] = [];
  readonly setting: Setting;
  readonly #api: Api;
  /** Turns of the event loop that the server waits for what it reads. */
  lag = 0;
  #mutations = 0;
  #scopes: Scopes | null = null;
  #timeline: Timeline | null = null;
  #connected: Database | null = null;
  #server: LivesetServer | null = null;

  constructor(database: HistoryDatabase, setting: Setting) {
    this.database = database;
    this.setting = setting;
    this.rights = new Rights(this.clock);
    this.#api = historyApi(database, this.rights, () => {
      if (this.#scopes === null) throw new Error("No history is being played.");
      return this.#scopes;
    });
  }

  get server(): LivesetServer {
    if (this.#server === null) throw new Error("The server is down.");
    return this.#server;
  }

  get live(): Database {
    if (this.#connected === null) throw new Error("The database is not connected.");
    return this.#connected;
  }

  /** An id that no history has had: the database remembers them. */
  mutationId(): string {
    return `m${++this.#mutations}`;
  }

  /** Begins a history: tables with the rows of the statements alone, and a timeline that begins with them. */
  async begin(scopes: Scopes, statements: readonly Statement[]): Promise<Timeline> {
    this.#scopes = scopes;
    this.#timeline = null;
    this.rights.begin();
    if (this.#server === null) await this.start();
    // The first start says that a log begins.
    this.logged.length = 0;
    await this.database.begin(statements);
    const { cursor } = await this.live.read(async () => null);
    this.#timeline = new Timeline(cursor, await this.database.read());
    return this.#timeline;
  }

  /** Starts a server; what happened since the last one had its database open, only its log tells. */
  async start(): Promise<void> {
    const database = this.#connected ?? this.database.connect();
    const isNew = this.#connected === null;
    this.#connected = database;
    const { clock, rights, setting, logged } = this;
    const late = <T>(reading: Promise<T>): Promise<T> => this.#late(reading);
    this.#server = createServer(this.#api, {
      database: override(database, {
        open: async (options) => {
          if (isNew) await this.#open(database, options);
        },
        close: async () => {},
        read: (work) => late(database.read(work)),
        get feed() {
          const { feed } = database;
          return override(feed, { read: (after, upTo) => late(feed.read(after, upTo)) });
        },
      }),
      clock,
      limits: { burst: 1e9, heartbeat: 1e9, ...setting.limits },
      onExpiry: setting.onExpiry,
      authenticate: (request) => rights.authenticate(request),
      expiresAt: (_, request) => rights.expiresAt(request),
      log: {
        debug() {},
        info() {},
        warn: (fields) => logged.push(fields),
        error: (fields) => logged.push(fields),
      },
    });
    await this.#server.open();
  }

  /** @param reopen whether the database is let go of as well */
  async stop(reopen: boolean): Promise<void> {
    await this.#server?.close();
    this.#server = null;
    if (!reopen) return;
    await this.#connected?.close();
    this.#connected = null;
  }

  async end(): Promise<void> {
    await this.stop(true);
    await this.database.end();
  }

  /** As from a database that is far away: meanwhile others write. */
  async #late<T>(reading: Promise<T>): Promise<T> {
    const read = await reading;
    for (let turn = 0; turn < this.lag; turn++) await setImmediate();
    return read;
  }

  /** Listens before the server does, so that the timeline knows of a transaction before anybody is told of it. */
  async #open(database: Database, options: Parameters<Database["open"]>[0]): Promise<void> {
    await database.open(options);
    const { feed } = database;
    if (this.#timeline !== null && this.#timeline.placeOf(feed.cursor) === undefined)
      this.#timeline.append(feed.cursor, await this.database.read());
    feed.listen((transaction) => this.#timeline?.take(transaction));
  }
}
