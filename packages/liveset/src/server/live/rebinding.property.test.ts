import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../../core/json.ts";
import type { Down } from "../../core/protocol/down.ts";
import type { LeftBehind, ReferenceClient } from "../../testing/reference-client.ts";
import { ReferenceList } from "../../testing/reference-list.ts";
import type { Api } from "../api.ts";
import { defineApi } from "../define-api.ts";
import { lists, schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import { type Fixture, gate, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedTables } from "./related.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 40 * soak;

interface Task {
  readonly id: number;
  readonly text: string;
  readonly list_id: number | null;
}
interface State {
  readonly tasks: readonly Task[];
  readonly owners: ReadonlyMap<number, number>;
}

/** What each right allows, as a scope and by hand. */
const rights = [
  { plain: true, sees: () => true, owner: 1 },
  { plain: { listId: 1 }, sees: (task: Task) => task.list_id === 1, owner: 2 },
  { plain: { listId: { in: [1, 2] } }, sees: (task: Task) => [1, 2].includes(task.list_id ?? 0), owner: 1 },
  { plain: { text: "a" }, sees: (task: Task) => task.text === "a", owner: 3 },
  {
    plain: { NOT: { listId: 3 } },
    sees: (task: Task) => task.list_id !== null && task.list_id !== 3,
    owner: 2,
  },
] as const;

/** What each client follows. Of `related`, `first` and `count` only the database can tell what a change means. */
const asks = {
  all: { resource: "plain", action: "list" },
  again: { resource: "plain", action: "list", query: { orderBy: { text: "desc" } } },
  some: { resource: "plain", action: "list", query: { where: { text: { in: ["a", "b"] } } } },
  one: { resource: "plain", action: "retrieve", key: 2 },
  first: { resource: "plain", action: "list", query: { limit: 2, total: true } },
  count: { resource: "plain", action: "count" },
  related: { resource: "related", action: "list" },
  permitted: { resource: "permitted", action: "list" },
} as const;
type Name = keyof typeof asks;
const names = Object.keys(asks) as Name[];
const plainNames: readonly string[] = ["all", "again", "some", "one"];

function truth(name: Name, right: number, { tasks: rows, owners }: State): readonly Task[] {
  const { sees, owner } = rights[right] as (typeof rights)[number];
  const all = rows.filter(sees).toSorted((a, b) => a.id - b.id);
  switch (name) {
    case "some":
      return all.filter(({ text }) => text === "a" || text === "b");
    case "one":
      return all.filter(({ id }) => id === 2);
    case "first":
      return all.slice(0, 2);
    case "count":
      return [];
    case "related":
      return rows.filter(({ list_id }) => list_id !== null && owners.get(list_id) === owner);
    default:
      return all;
  }
}

const id = fc.integer({ min: 1, max: 6 });
const list = fc.integer({ min: 1, max: 4 });
const listOrNull = fc.option(fc.integer({ min: 1, max: 3 }), { freq: 5 });
const text = fc.constantFrom("a", "b", "c");
const statement = fc.oneof(
  fc
    .tuple(id, text, listOrNull)
    .map(([which, what, of]) => `insert or replace into tasks values (${which}, '${what}', ${of}, null)`),
  fc.tuple(id, text).map(([which, what]) => `update tasks set text = '${what}' where id = ${which}`),
  fc.tuple(id, listOrNull).map(([which, of]) => `update tasks set list_id = ${of} where id >= ${which}`),
  fc.tuple(list, id).map(([which, owner]) => `update lists set owner_id = ${owner} where id = ${which}`),
  id.map((which) => `delete from tasks where id = ${which}`),
);
const statements = fc.array(statement, { maxLength: 3 });
const right = fc.nat(rights.length - 1);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("write" as const), of: statements }) },
  {
    weight: 6,
    arbitrary: fc.record({
      /** `refresh` changes what a user may see, `auth` makes a client another user. */
      do: fc.constantFrom("refresh" as const, "auth" as const),
      client: fc.nat(2),
      to: right,
      /** While the rights are being found out, and while it is worked out what they mean. */
      during: statements,
      after: statements,
      twice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), client: fc.nat(2) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const api = (may: (user: number) => number): Api => {
  const options = {
    schema,
    fields: ["id", "text", "listId"] as ("id" | "text" | "listId")[],
    filters: ["text"] as ["text"],
    orderBy: ["text"] as ["text"],
  };
  const of = (user: unknown): (typeof rights)[number] =>
    rights[may(Number((user as { id?: number } | null)?.id))] as (typeof rights)[number];
  return defineApi({
    plain: resource(tasks, { ...options, scope: ({ user }) => of(user).plain }),
    related: resource(tasks, { ...options, scope: ({ user }) => ({ list: { ownerId: of(user).owner } }) }),
    permitted: resource(tasks, {
      ...options,
      permissions: {
        retrieve: ({ user }, row) =>
          row === undefined || of(user).sees({ id: row.id, text: row.text, list_id: row.listId }),
      },
    }),
    lists: resource(lists, {}),
  });
};

/** What a client was told, frame by frame, against what was true. */
class Replay {
  readonly lists = new Map<string, ReferenceList>();
  readonly faults: string[] = [];
  readonly #left: ReadonlyMap<string, LeftBehind>;
  #right: number;
  #cursor = "";
  #place = 0;
  #marks: { readonly at: number; readonly right: number }[] = [];
  /** Rights by the plans that they lead to. */
  readonly #plans: ReadonlyMap<string, number>;
  readonly #history: History;

  constructor(
    now: number,
    left: ReadonlyMap<string, LeftBehind>,
    plans: ReadonlyMap<string, number>,
    history: History,
  ) {
    this.#right = now;
    this.#left = left;
    this.#plans = plans;
    this.#history = history;
  }

  /** From the frame at this place on, everything is sent under this right. */
  mark(at: number, now: number): void {
    this.#marks.push({ at, right: now });
  }

  take(frames: readonly Down[]): void {
    for (; this.#place < frames.length; this.#place++) {
      for (const { at, right: now } of this.#marks.splice(0))
        if (at <= this.#place) this.#right = now;
        else this.#marks.push({ at, right: now });
      this.#take(frames[this.#place] as Down);
    }
  }

  #take(frame: Down): void {
    switch (frame.type) {
      case "subscribed": {
        const before =
          this.lists.get(frame.id)?.leaveBehind(this.#cursor) ?? this.#left.get(frame.id) ?? null;
        this.lists.set(frame.id, new ReferenceList(frame, before));
        this.#cursor = frame.cursor;
        this.#seen(frame.id, frame.rows ?? [], frame.cursor);
        if (!frame.resumed) this.#compare(frame.id as Name);
        break;
      }
      case "changes":
        for (const [name, each] of this.lists) {
          if (each.group !== frame.group) continue;
          this.#seen(name, [...(frame.enter ?? []), ...(frame.update ?? [])], frame.cursor);
          for (const row of frame.update ?? [])
            if (
              !this.#history.mayHaveMoved(name as Name, row.id) &&
              JSON.stringify(each.rows.get(`${row.id}`)) === JSON.stringify(row)
            )
              this.faults.push(`${name}: row ${row.id} stayed and is sent again`);
          each.stage(frame);
        }
        break;
      case "commit":
        this.#cursor = frame.cursor;
        for (const [name, each] of this.lists) {
          each.commit();
          this.#compare(name as Name);
        }
        break;
      case "reset":
        for (const [name, { group }] of this.lists) if (group === frame.group) this.lists.delete(name);
        break;
      case "error":
        this.faults.push(`${frame.id}: ${frame.code}`);
        break;
      default:
        break;
    }
  }

  /** P5: what is sent is what may be seen now, as it is at that moment or, where the database tells, later. */
  #seen(name: string, rows: readonly WireRow[], cursor: string): void {
    const states = this.#history.from(cursor, !plainNames.includes(name));
    const of = (name === "first" || name === "count" ? "all" : name) as Name;
    for (const row of rows) {
      const isVisible = states.some((state) =>
        truth(of, this.#right, state).some((each) => JSON.stringify(shown(each)) === JSON.stringify(row)),
      );
      if (!isVisible) this.faults.push(`${name}: ${JSON.stringify(row)} may not be seen at ${cursor}`);
    }
  }

  /** P1. */
  #compare(name: Name): void {
    const each = this.lists.get(name);
    if (each === undefined) return;
    const of = this.#plans.get(each.plan) ?? this.#right;
    const rows = JSON.stringify([...each.rows.values()].toSorted((a, b) => Number(a.id) - Number(b.id)));
    const states = this.#history.from(this.#cursor, !plainNames.includes(name));
    const total = (state: State): number | undefined =>
      name === "first" || name === "count" ? truth("all", of, state).length : undefined;
    const isTrue = states.some(
      (state) =>
        JSON.stringify(
          truth(name, of, state)
            .map(shown)
            .toSorted((a, b) => a.id - b.id),
        ) === rows && each.facts.total === total(state),
    );
    if (!isTrue)
      this.faults.push(
        `${name} at ${this.#cursor}, right ${of}: ${rows} ${each.facts.total} instead of ${JSON.stringify(
          states.map((state) => truth(name, of, state).map(shown)),
        )}`,
      );
  }
}

function shown({ id: key, text: what, list_id: listId }: Task): WireRow & { readonly id: number } {
  return { id: key, text: what, listId };
}

/** The tables after each transaction. */
class History {
  readonly #fixture: Fixture;
  readonly #states: { readonly cursor: string; readonly state: State }[] = [];
  #written = new Set<unknown>();

  constructor(fixture: Fixture) {
    this.#fixture = fixture;
  }

  /** The state at a cursor, and with `later` those after it. */
  from(cursor: string, later: boolean): readonly State[] {
    const place = this.#states.findIndex((each) => each.cursor === cursor);
    return this.#states.slice(place, later ? undefined : place + 1).map(({ state }) => state);
  }

  /** Whether something happened to a row of a list: it was written, or, of a window, pushed out by one that was. */
  mayHaveMoved(name: Name, key: unknown): boolean {
    return this.#written.has(key) || (name === "first" && this.#written.size > 0);
  }

  forgetWritten(): void {
    this.#written = new Set();
  }

  async write(of: readonly string[]): Promise<void> {
    const { database } = this.#fixture;
    await database.write(async (db) => {
      for (const each of of) await db.run(sql.raw(each));
      const rows = await db.all<Task>(sql.raw("select id, text, list_id from tasks"));
      const owners = await db.all<{ id: number; owner_id: number }>(
        sql.raw("select id, owner_id from lists"),
      );
      const state = { tasks: rows, owners: new Map(owners.map(({ id, owner_id }) => [id, owner_id])) };
      const before = this.#states.at(-1)?.state;
      for (const task of [...rows, ...(before?.tasks ?? [])]) {
        const part = (from: State | undefined): string =>
          JSON.stringify([from?.tasks.find(({ id }) => id === task.id), from?.owners.get(task.list_id ?? 0)]);
        if (part(before) !== part(state)) this.#written.add(task.id);
      }
      this.#pending = state;
      return null;
    });
    this.#states.push({ cursor: database.feed.cursor, state: this.#pending });
  }

  #pending: State = { tasks: [], owners: new Map() };
}

interface Player {
  user: number;
  client: ReferenceClient;
  replay: Replay;
  cut: () => void;
}

/** Found by the property: a row that stays, but was out of the window between. */
const pushedOut: Step[] = [
  {
    do: "refresh",
    client: 0,
    to: 0,
    during: ["insert or replace into tasks values (1, 'a', null, null)"],
    after: ["insert or replace into tasks values (3, 'a', 1, null)"],
    twice: false,
  },
  {
    do: "refresh",
    client: 1,
    to: 3,
    during: ["insert or replace into tasks values (1, 'a', 1, null)"],
    after: [],
    twice: false,
  },
];

test("P1, P4, P5, P9: while rights change and rows do, each list equals the scoped query at each commit, is told differences only, and shows nothing that may not be seen", {
  timeout: 120_000 * soak,
}, async () => {
  const may = new Map<number, number>();
  let finding: Promise<void> = Promise.resolve();
  const fixture = await startFixture({
    api: api((user) => may.get(user) ?? 0),
    tables: relatedTables,
    limits: { burst: 1e9, heartbeat: 1e9 },
    authenticate: async (request) => {
      await finding;
      const header = request.headers.get("authorization") ?? "";
      const token = /^Bearer (\d+)$/.exec(header)?.[1] ?? new URL(request.url).searchParams.get("user");
      return { id: Number(token) };
    },
  });
  const counts = { resumed: 0, resets: 0, moves: 0 };

  /** Which right each plan belongs to, asked for by a client of each. Of a list with a permission the plan is the connection's own. */
  const plans = new Map<string, number>();
  for (const [each] of rights.entries()) {
    may.set(100 + each, each);
    const client = await fixture.connect(100 + each);
    for (const name of names)
      if (name !== "permitted") {
        client.subscribe(name, asks[name]);
        await client.until(() => client.lists.has(name));
        const known = plans.get(client.lists.get(name)?.plan ?? "");
        if (known === undefined) plans.set(client.lists.get(name)?.plan ?? "", each);
      }
    client.send({ type: "unsubscribe", id: "all" });
  }

  const play = async (steps: readonly Step[]): Promise<void> => {
    const history = new History(fixture);
    await history.write([
      "delete from tasks",
      "delete from lists",
      "insert into lists values (1, 'one', 1), (2, 'two', 2), (3, 'three', 3), (4, 'four', 1)",
      "insert into tasks values (1, 'a', 1, null), (2, 'b', 2, null), (3, 'c', 3, null), (4, 'a', null, null)",
    ]);
    const connect = async (user: number, left: ReadonlyMap<string, LeftBehind>): Promise<Player> => {
      const { client, pair } = await fixture.connectPair(user, left);
      const replay = new Replay(may.get(user) ?? 0, left, plans, history);
      for (const name of names) client.subscribe(name, asks[name]);
      await client.until(() => names.every((name) => client.lists.has(name)) || client.errors.size > 0);
      return { user, client, replay, cut: () => pair.cut() };
    };
    for (const user of [1, 2, 3]) may.set(user, user % rights.length);
    const players = await Promise.all([1, 2, 3].map((user) => connect(user, new Map())));
    const settle = async (): Promise<void> => {
      for (const { client, replay } of players) {
        await client.until(() => names.every((name) => client.lists.has(name)) || client.errors.size > 0);
        await caughtUp(fixture, client);
        replay.take(client.frames);
        expect([...replay.faults, ...client.faults]).toEqual([]);
        expect(replay.lists.size).toBe(names.length);
      }
    };
    await settle();
    for (const each of steps) {
      if (each.do === "write") {
        await history.write(each.of);
        continue;
      }
      await settle();
      history.forgetWritten();
      const player = players[each.client] as Player;
      if (each.do === "cut") {
        const left = player.client.leaveBehind();
        player.cut();
        Object.assign(player, await connect(player.user, left));
        continue;
      }
      const found = gate();
      finding = found.opened;
      const before = players.map(({ client }) => client.frames.length);
      let changed: Promise<unknown>;
      if (each.do === "refresh") {
        may.set(player.user, each.to);
        for (const [i, { user, replay }] of players.entries())
          if (user === player.user) replay.mark(before[i] ?? 0, each.to);
        const refreshed = [fixture.server.refresh(player.user)];
        if (each.twice) refreshed.push(fixture.server.refresh(player.user));
        changed = Promise.all(refreshed);
      } else {
        // The new one is greeted before anything of it comes; what comes before that is the old one's.
        const { client, replay } = player;
        const greeted = client.until(() =>
          client.frames.slice(before[each.client]).some(({ type }) => type === "welcome"),
        );
        player.user = 1 + (each.to % 3);
        const now = may.get(player.user) ?? 0;
        changed = greeted.then(() => {
          const place = client.frames.findIndex(
            ({ type }, at) => at >= (before[each.client] ?? 0) && type === "welcome",
          );
          replay.mark(place, now);
        });
        client.send({ type: "auth", token: `${player.user}` });
      }
      await history.write(each.during);
      found.open();
      const later = history.write(each.after);
      await Promise.all([changed, later]);
      await settle();
      for (const [i, { client }] of players.entries()) {
        const frames = client.frames.slice(before[i]);
        const resets = frames.filter(({ type }) => type === "reset").length;
        counts.resets += resets;
        counts.moves += frames.filter((frame) => frame.type === "subscribed" && frame.resumed).length;
        if (each.do === "auth" || !each.twice) expect(resets).toBe(0);
      }
    }
    await settle();
    for (const { cut } of players) cut();
  };

  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8, size: "max" }), play), {
    numRuns: runs,
    examples: [[pushedOut]],
  });
  expect(counts.moves).toBeGreaterThan(runs);
});
