import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { onTestFinished } from "vitest";
import type { Api } from "../../server/api.ts";
import { type LeftBehind, ReferenceClient } from "../../testing/reference-client.ts";
import { type SocketPair, socketPair } from "../../testing/socket-pair.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { createServer, type LivesetServer } from "../create-server.ts";
import type { Database } from "../database/database.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import type { Feed } from "../feed/feed.ts";
import type { Limits } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Db } from "../register.ts";
import { resource } from "../resource.ts";
import type { ServerOptions } from "../server-options.ts";

export const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull().default(""),
  done: integer({ mode: "boolean" }).notNull().default(false),
  ownerId: integer(),
  secret: text().notNull().default(""),
});

export const createTasks = `create table tasks (
  id integer primary key, text text not null default '', done integer not null default 0, ownerId integer,
  secret text not null default ''
)`;

/** Tasks that only their owner sees; nobody sees `secret`. */
export const tasksApi: Api = defineApi({
  tasks: resource(tasks, {
    fields: ["id", "text", "done", "ownerId"],
    scope: ({ user }) => (user === null ? { ownerId: null } : { ownerId: Number(user.id) }),
    check: () => true,
    filters: ["id", "text", "done"],
    search: ["text"],
    orderBy: ["id", "text"],
  }),
});

export interface FixtureOptions {
  readonly api?: Api;
  readonly tables?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly authenticate?: (
    request: Request,
  ) => { readonly id: number } | null | Promise<{ readonly id: number } | null>;
  readonly options?: Pick<ServerOptions, "expiresAt" | "onExpiry" | "cluster" | "principalId">;
  /** Wraps the database, to delay or to break it. */
  readonly wrap?: (database: Database) => Database;
}

function bearer(request: Request): { readonly id: number } | null {
  const header = request.headers.get("authorization") ?? "";
  const id = /^Bearer (\d+)$/.exec(header)?.[1] ?? new URL(request.url).searchParams.get("user");
  return id === null ? null : { id: Number(id) };
}

/** A server in memory. `Bearer <n>`, `?user=<n>` and nothing else make principals. */
export class Fixture {
  readonly server: LivesetServer;
  readonly database: Database;
  readonly clock = new VirtualClock();
  readonly logged: object[] = [];
  readonly warned: object[] = [];
  readonly clients: ReferenceClient[] = [];

  constructor(
    { api = tasksApi, limits, authenticate = bearer, options, wrap = (database) => database }: FixtureOptions,
    database: Database,
  ) {
    this.database = wrap(database);
    const log: Log = {
      debug: () => {},
      info: () => {},
      warn: (fields) => this.warned.push(fields),
      error: (fields) => this.logged.push(fields),
    };
    this.server = createServer(api, {
      database: this.database,
      clock: this.clock,
      log,
      ...(limits === undefined ? {} : { limits }),
      authenticate,
      ...options,
    });
  }

  get db(): Db {
    return this.database.db;
  }

  /** Runs SQL as anybody might. */
  async run(statement: string): Promise<void> {
    await this.db.run(sql.raw(statement));
  }

  /** Several statements in one transaction. */
  async transaction(...statements: string[]): Promise<void> {
    await this.database.write(async (db) => {
      for (const statement of statements) await db.run(sql.raw(statement));
      return null;
    });
  }

  /** A client that has been welcomed. */
  async connect(user?: number, left?: ReadonlyMap<string, LeftBehind>): Promise<ReferenceClient> {
    return (await this.connectPair(user, left)).client;
  }

  async connectPair(
    user?: number,
    left?: ReadonlyMap<string, LeftBehind>,
  ): Promise<{ readonly client: ReferenceClient; readonly pair: SocketPair }> {
    const pair = socketPair();
    const client = new ReferenceClient(pair.client, left);
    this.clients.push(client);
    this.server.accept(
      pair.server,
      new Request(`http://test/ws/${user === undefined ? "" : `?user=${user}`}`),
    );
    await client.until(() => client.frames.length > 0);
    return { client, pair };
  }

  /** What clients found to be wrong. */
  get faults(): readonly string[] {
    return this.clients.flatMap(({ faults }) => faults);
  }
}

/** Starts a server that ends with the test. Clients must not have found faults by then. */
export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const database = sqlite(":memory:");
  for (const table of options.tables ?? [createTasks]) await database.db.run(sql.raw(table));
  const fixture = new Fixture(options, database);
  onTestFinished(async () => {
    await fixture.server.close();
    if (fixture.faults.length > 0) throw new Error(fixture.faults.join("\n"));
    if (fixture.clock.pending > 0) throw new Error(`${fixture.clock.pending} timers are left`);
  });
  await fixture.server.open();
  return fixture;
}

/** A promise that the test settles. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** An object of which some parts behave differently. */
export function override<T extends object>(target: T, parts: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(name in parts ? parts : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A database whose log is read differently. */
export function overrideLog(database: Database, read: (feed: Feed) => Feed["read"]): Database {
  return override(database, {
    get feed(): Feed {
      const { feed } = database;
      return override(feed, { read: read(feed) });
    },
  });
}
