import type { Clock } from "../../core/clock.ts";
import type { Code } from "../../core/error/codes.ts";
import type { RequestInfo } from "../context.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { livesetDialect } from "../dialect/liveset.ts";
import type { FeedEvents } from "../feed/feed.ts";
import type { User } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { Socket } from "../socket.ts";
import { Authors } from "./authors.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import { drain } from "./drain.ts";
import type { Explanation } from "./explanation.ts";
import { Groups } from "./groups.ts";
import type { LiveParts } from "./live-parts.ts";
import { Missed } from "./missed.ts";
import { Pipeline } from "./pipeline.ts";
import { Position } from "./position.ts";
import { Principals } from "./principals.ts";
import { createRowBytes } from "./row-bytes.ts";
import type { Session } from "./session.ts";
import { Snapshots } from "./snapshots.ts";

/** What a hub holds at a moment. */
export interface HubStats {
  readonly connections: number;
  /** Over all connections, those still opening included. */
  readonly subscriptions: number;
  /** Those of them that are not open yet. */
  readonly opening: number;
  readonly groups: number;
}

/** The live half of a server: hands out the feed's transactions to all connections. */
export interface Hub {
  /**
   * Begins a session on a socket that is open. `request` opened it; `info` is what contexts show of it. `welcome` is
   * sent at once.
   */
  connect(
    socket: Socket,
    call: {
      readonly request: Request;
      readonly info: RequestInfo;
      readonly user: User | null;
      /** Default: `liveset.v1`. */
      readonly dialect?: Dialect;
    },
  ): void;
  stats(): HubStats;
  /** What is known of a subscription; null where the session or the subscription is unknown. */
  explain(session: string, subscription: string): Promise<Explanation | null>;
  /** Asks anew who the principal of this id is on each of its connections, and what it may see. Resolves when that is in force. */
  refresh(principal: string): Promise<void>;
  /** As `refresh`, for every principal. */
  refreshAll(): Promise<void>;
  /** Closes the connections of the principal of this id with 4401. */
  revoke(principal: string): void;
  /** Closes all sockets with 1001, spread over a time in ms; goes on for those that are open. */
  drain(time: number): Promise<void>;
  /** Closes all sockets with 1001, refuses new ones, and stops listening to the feed. */
  close(): void;
}

/** Makes a hub of a runtime whose database is open. */
export function createHub(runtime: Runtime, { clock }: { readonly clock: Clock }): Hub {
  const connections = new Set<Connection>();
  const closeAll = (code: Code): void => {
    for (const connection of [...connections]) connection.close(code);
  };
  const parts: ConnectionParts = {
    ...liveParts(runtime, clock, () => closeAll("internal")),
    clock,
    measure: createRowBytes(),
    ended: (connection) => connections.delete(connection),
  };
  const { groups, principals, pipeline, missed } = parts;
  const own = livesetDialect();
  const events = eventsFor(connections, parts);
  const stop = runtime.database.feed.listen((transaction) => pipeline.take(transaction), events);
  let open = true;
  return {
    connect(socket, { dialect = own, ...call }) {
      if (!open) return socket.close(1001);
      if (dialect.closesAnonymous !== null && call.user === null)
        return socket.close(dialect.closesAnonymous);
      const connection = new Connection(parts, dialect, socket, { id: crypto.randomUUID(), ...call });
      connections.add(connection);
      connection.begin();
    },
    stats: () => ({ ...countSubscriptions(connections), groups: groups.size }),
    explain: async (session, subscription) => sessionOf(connections, session)?.explain(subscription) ?? null,
    refresh: (principal) => principals.refresh(principal),
    refreshAll: () => principals.refreshAll(),
    revoke: (principal) => principals.revoke(principal),
    drain: (time) => drain(connections, time, clock),
    close() {
      open = false;
      stop();
      pipeline.end();
      missed.end();
      closeAll("going_away");
    },
  };
}

/** @param broken a transaction could not be handed out: connecting again, everybody is told exactly what was missed */
function liveParts(runtime: Runtime, clock: Clock, broken: () => void): LiveParts {
  const groups = new Groups(runtime.database.dialect);
  const authors = new Authors();
  const position = new Position(runtime.database.feed);
  const pipeline = new Pipeline({
    runtime,
    groups,
    authors,
    position,
    clock,
    broken(thrown, { cursor }) {
      runtime.log.error({ err: thrown, cursor }, "a transaction could not be handed out");
      broken();
    },
  });
  return {
    runtime,
    groups,
    authors,
    position,
    pipeline,
    principals: new Principals(),
    snapshots: new Snapshots(runtime, pipeline, position),
    missed: new Missed({ runtime, groups, pipeline, position, clock }),
  };
}

/** Where the feed begins a new epoch, all lists do; where it is away, everybody is told. */
function eventsFor(
  connections: ReadonlySet<Connection>,
  { pipeline, position, missed }: LiveParts,
): FeedEvents {
  return {
    lost() {
      missed.forget();
      for (const { session } of [...connections]) session.restart("epoch");
      pipeline.restart();
    },
    live(isLive) {
      position.isLive = isLive;
      for (const { session } of [...connections]) session.feed(isLive);
    },
  };
}

function countSubscriptions(connections: ReadonlySet<Connection>): Omit<HubStats, "groups"> {
  let [subscriptions, opening] = [0, 0];
  for (const { session } of connections) {
    subscriptions += session.subscriptions;
    opening += session.opening;
  }
  return { connections: connections.size, subscriptions, opening };
}

function sessionOf(connections: Iterable<Connection>, id: string): Session | undefined {
  for (const { session } of connections) if (session.id === id) return session;
  return undefined;
}
