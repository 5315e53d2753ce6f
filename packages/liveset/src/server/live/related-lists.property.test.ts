import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../../core/json.ts";
import type { LeftBehind, ReferenceClient } from "../../testing/reference-client.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { Fixture } from "./live.fixture.ts";
import { caughtUp, relatedApi, relatedTables } from "./related.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 250 * soak;

/** The scopes of the fixture, said a second time: what a user may see, by hand. */
const scopes = {
  owned: "select t.id, t.text from tasks t join lists l on l.id = t.list_id where l.owner_id = :user",
  shared: `select t.id, t.text from tasks t where list_id in (select list_id from members where user_id = :user)`,
  unread: `select t.id, t.text from tasks t join lists l on l.id = t.list_id
    where l.id not in (select list_id from members where role = 'reader')`,
  nested: `select t.id, t.text from tasks t join tasks p on p.id = t.parent_id
    join members m on m.list_id = p.list_id and m.user_id = :user`,
  parents:
    "select t.id, t.text from tasks t where t.id in (select parent_id from tasks where text = 'child')",
  longest: "select t.id, t.text from tasks t where length(t.text) = (select max(length(text)) from tasks)",
  lists: `select l.id, l.name from lists l where l.owner_id = :user
    or exists (select 1 from members m where m.list_id = l.id and m.user_id = :user)`,
  everything: "select id, text from tasks",
} as const;
type Name = keyof typeof scopes;

interface Ask {
  readonly name: Name;
  readonly text: string | null;
  readonly key: number | null;
  /** Of a list, how many of its first rows are asked for; null: all. */
  readonly limit: number | null;
}

const oneOf = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const id = fc.integer({ min: 1, max: 5 });
const list = fc.integer({ min: 1, max: 3 });
const user = fc.integer({ min: 1, max: 3 });
const text = oneOf("a", "child", "longer");
const orNull = (values: fc.Arbitrary<number>): fc.Arbitrary<number | "null"> =>
  fc.oneof(values, fc.constant("null" as const));
const role = oneOf("reader", "writer");

const statement: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(oneOf("insert", "insert or replace"), id, text, orNull(list), orNull(id))
    .map(([verb, ...row]) => `${verb} into tasks values (${row[0]}, '${row[1]}', ${row[2]}, ${row[3]})`),
  fc.tuple(id, text).map(([which, to]) => `update tasks set text = '${to}' where id = ${which}`),
  fc.tuple(id, orNull(list)).map(([which, to]) => `update tasks set list_id = ${to} where id >= ${which}`),
  fc.tuple(id, orNull(id)).map(([which, to]) => `update tasks set parent_id = ${to} where id = ${which}`),
  fc.tuple(id, id).map(([which, to]) => `update tasks set id = ${to} where id = ${which}`),
  id.map((which) => `delete from tasks where id = ${which}`),
  fc
    .tuple(oneOf("insert", "insert or replace"), list, user)
    .map(([verb, which, owner]) => `${verb} into lists values (${which}, 'list', ${owner})`),
  fc.tuple(list, user).map(([which, owner]) => `update lists set owner_id = ${owner} where id = ${which}`),
  fc.tuple(list, list).map(([which, to]) => `update lists set id = ${to} where id = ${which}`),
  list.map((which) => `delete from lists where id = ${which}`),
  fc
    .tuple(list, user, role)
    .map((row) => `insert into members values (${row[0]}, ${row[1]}, '${row[2]}', null)`),
  fc.tuple(user, role).map(([who, to]) => `update members set role = '${to}' where user_id = ${who}`),
  fc.tuple(list, list).map(([which, to]) => `update members set list_id = ${to} where list_id = ${which}`),
  fc.tuple(user, user).map(([who, to]) => `update members set user_id = ${to} where user_id = ${who}`),
  fc
    .tuple(list, user)
    .map(([which, who]) => `delete from members where list_id = ${which} and user_id = ${who}`),
  fc.constant("update members set since = coalesce(since, 0) + 1"),
);

const ask: fc.Arbitrary<Ask> = fc.record({
  name: oneOf(...(Object.keys(scopes) as Name[])),
  text: fc.option(text, { freq: 2 }),
  key: fc.option(id, { freq: 4 }),
  limit: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 2 }),
});

type By = "statements" | "transaction" | "another process";

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      by: oneOf<By>("statements", "transaction", "another process"),
      of: fc.array(statement, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("subscribe" as const), client: fc.nat(2), id: fc.nat(3), ask }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), client: fc.nat(2), id: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconnect" as const), client: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("look" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** One client, whatever connections it has had. */
interface Player {
  readonly user: number;
  readonly asks: Map<string, Ask>;
  client: ReferenceClient;
  close: () => void;
}

class Run {
  readonly counts = { compared: 0, rows: 0, resumed: 0, reset: 0 };
  readonly #fixture: Fixture;
  readonly #other: DatabaseSync;
  readonly #players: Player[] = [];
  /** Everything that a user could see at any time, as JSON, by ask. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(fixture: Fixture, other: DatabaseSync) {
    this.#fixture = fixture;
    this.#other = other;
  }

  async play(steps: readonly Step[]): Promise<void> {
    this.#other.exec("delete from tasks; delete from members; delete from lists");
    this.#other.exec(
      "insert into lists values (1, 'list', 1), (2, 'list', 2), (3, 'list', 2); insert into members values (1, 2, 'reader', null), (2, 1, 'writer', null), (3, 2, 'writer', null)",
    );
    this.#other.exec(
      "insert into tasks values (1, 'a', 1, null), (2, 'child', 2, 1), (3, 'longer', 3, 2), (4, 'a', 1, 2)",
    );
    for (const who of [1, 2, 3])
      this.#players.push({ user: who, asks: new Map(), ...(await this.#connect(who)) });
    for (const each of steps) await this.#do(each);
    await this.#compare();
    for (const { close } of this.#players) close();
  }

  async #connect(
    who: number,
    left?: ReadonlyMap<string, LeftBehind>,
  ): Promise<Pick<Player, "client" | "close">> {
    const { client, pair } = await this.#fixture.connectPair(who, left);
    return { client, close: () => pair.client.close() };
  }

  async #do(each: Step): Promise<void> {
    switch (each.do) {
      case "write":
        return this.#write(each.by, each.of);
      case "subscribe": {
        const player = this.#players[each.client] as Player;
        if (player.asks.has(`${each.id}`)) return;
        player.asks.set(`${each.id}`, each.ask);
        return this.#subscribe(player, `${each.id}`, each.ask);
      }
      case "unsubscribe": {
        const player = this.#players[each.client] as Player;
        if (player.asks.delete(`${each.id}`)) player.client.unsubscribe(`${each.id}`);
        return;
      }
      case "reconnect":
        return this.#reconnect(this.#players[each.client] as Player);
      case "look":
        return this.#compare();
      default:
        each satisfies never;
    }
  }

  #subscribe({ user: who, client }: Player, name: string, of: Ask): void {
    this.#note(who, of);
    const query = {
      ...(of.text === null || of.name === "lists" ? {} : { where: { text: of.text } }),
      ...(of.limit === null ? {} : { limit: of.limit }),
    };
    client.subscribe(name, {
      resource: of.name,
      ...(of.key === null ? { action: "list", query } : { action: "retrieve", key: of.key }),
    });
  }

  async #reconnect(player: Player): Promise<void> {
    const left: Map<string, LeftBehind> = player.client.leaveBehind();
    this.#check(player);
    player.close();
    Object.assign(player, await this.#connect(player.user, left));
    for (const [name, of] of player.asks) this.#subscribe(player, name, of);
  }

  async #write(by: By, of: readonly string[]): Promise<void> {
    const { database } = this.#fixture;
    const attempt = async (run: () => unknown): Promise<void> => {
      try {
        await run();
      } catch (thrown) {
        if (!/constraint|unique|foreign/i.test(`${thrown} ${(thrown as Error).cause}`)) throw thrown;
      }
    };
    if (by === "statements") {
      for (const each of of) {
        await attempt(() => database.db.run(sql.raw(each)));
        this.#noteAll();
      }
    } else if (by === "transaction") {
      await database.db.transaction(async (tx) => {
        for (const each of of) await attempt(() => tx.run(sql.raw(each)));
      });
    } else {
      this.#other.exec("begin immediate");
      for (const each of of) await attempt(() => this.#other.exec(each));
      this.#other.exec("commit");
    }
    this.#noteAll();
  }

  #truth(who: number, { name, text: only, key }: Ask): readonly Record<string, SQLOutputValue>[] {
    const filter =
      key !== null ? `id = ${key}` : only === null || name === "lists" ? "1" : `text = '${only}'`;
    const select = this.#other.prepare(
      `select distinct * from (${scopes[name]}) where ${filter} order by id`,
    );
    return scopes[name].includes(":user") ? select.all({ user: who }) : select.all();
  }

  #note(who: number, of: Ask): void {
    const name = JSON.stringify([who, { ...of, limit: null }]);
    const seen = this.#seen.get(name) ?? new Set();
    this.#seen.set(name, seen);
    for (const row of this.#truth(who, of)) seen.add(JSON.stringify(row));
  }

  #noteAll(): void {
    for (const { user: who, asks } of this.#players) for (const of of asks.values()) this.#note(who, of);
  }

  async #compare(): Promise<void> {
    await this.#fixture.database.read(async () => null);
    for (const player of this.#players) {
      const { client, asks, user: who } = player;
      await client.until(
        () => [...asks.keys()].every((name) => client.lists.has(name)) || client.errors.size > 0,
      );
      await caughtUp(this.#fixture, client);
      for (const [name, of] of asks) {
        const rows = [...client.rows(name)].sort((a, b) => Number(a.id) - Number(b.id));
        const all = this.#truth(who, of).map((row) => ({ ...row }));
        const truth = of.key === null ? all.slice(0, of.limit ?? all.length) : all;
        expect(rows, `${name} of user ${who}: ${JSON.stringify(of)}`).toEqual(truth);
        this.counts.compared++;
        this.counts.rows += rows.length;
      }
      this.#check(player);
    }
    expect(this.#fixture.logged).toEqual([]);
  }

  /** P5: no frame shows a row in a state in which its receiver could not see it, at some time. */
  #check({ client, user: who }: Player): void {
    expect(client.faults).toEqual([]);
    expect([...client.errors]).toEqual([]);
    const visible = new Set(
      [...this.#seen].flatMap(([name, rows]) => (name.startsWith(`[${who},`) ? [...rows] : [])),
    );
    for (const frame of client.frames) {
      const rows: readonly WireRow[] =
        frame.type === "changes"
          ? ([...(frame.enter ?? []), ...(frame.update ?? [])] as WireRow[])
          : frame.type === "subscribed"
            ? (frame.rows ?? [])
            : [];
      for (const row of rows) expect(visible).toContain(JSON.stringify(row));
      if (frame.type === "subscribed") this.counts[frame.resumed ? "resumed" : "reset"]++;
    }
  }
}

test("P1 to P5: lists across relations equal the scoped SELECT, and show nothing that could not be seen", {
  timeout: 300_000 * soak,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "liveset-related-"));
  const path = join(folder, "test.db");
  const database = sqlite(path);
  for (const table of relatedTables) await database.db.run(sql.raw(table));
  const fixture = new Fixture({ api: relatedApi, limits: { burst: 1e9 } }, database);
  await fixture.server.open();
  const other = new DatabaseSync(path, { timeout: 5_000 });
  other.exec("pragma foreign_keys = on; pragma synchronous = off");
  const counts = { compared: 0, rows: 0, resumed: 0, reset: 0 };
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40, size: "max" }), async (steps) => {
        const run = new Run(fixture, other);
        await run.play(steps);
        for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += run.counts[name];
      }),
      { numRuns: runs },
    );
    expect(counts.compared).toBeGreaterThan(3 * runs);
    expect(counts.rows).toBeGreaterThan(runs);
    expect(counts.resumed).toBeGreaterThan(runs / 20);
  } finally {
    other.close();
    await fixture.server.close();
    rmSync(folder, { recursive: true });
  }
});
