import type { DatabaseSync } from "node:sqlite";
import { sql } from "drizzle-orm";
import type { WireRow } from "../../core/json.ts";
import { keyTextOf } from "../../core/key/key.ts";
import { type LeftBehind, ReferenceClient } from "../../testing/reference-client.ts";
import { type SocketPair, socketPair } from "../../testing/socket-pair.ts";
import { requestInfo } from "../request-info.ts";
import type { Ask } from "./ask.ts";
import { type CasePlan, pick, type StepPlan } from "./case.fixture.ts";
import { sameJson } from "./same-json.ts";
import type { World } from "./world.fixture.ts";
import { infoOf, whereOn, write } from "./write.fixture.ts";

/** A client of a case, through all its connections. */
interface Player {
  user: number;
  readonly asks: Map<string, Ask>;
  left: ReadonlyMap<string, LeftBehind>;
  line: { readonly client: ReferenceClient; readonly pair: SocketPair } | null;
  syncs: number;
}

/** One case in one world: does its steps and compares every list with the truth after each. */
export class CaseRun {
  readonly #world: World;
  readonly #other: DatabaseSync;
  readonly #players: readonly Player[];
  /** How often lists were resumed, and compared. */
  readonly counts = { resumed: 0, compared: 0, rows: 0 };

  constructor(world: World, other: DatabaseSync) {
    this.#world = world;
    this.#other = other;
    this.#players = [0, 1, 2].map((user) => ({
      user,
      asks: new Map(),
      left: new Map(),
      line: null,
      syncs: 0,
    }));
  }

  /** Throws where anything is not as it should be. */
  async play({ rows, scopes, asks, steps }: CasePlan): Promise<void> {
    this.#setScopes(scopes);
    if (rows.length > 0) await this.#do({ do: "write", by: "transaction", of: rows, rollback: false });
    for (const player of this.#players) await this.#connect(player);
    for (const ask of asks) await this.#do(ask);
    await this.#settle();
    for (const step of steps) {
      await this.#do(step);
      // Not after the others: what they began is to meet the next write half done.
      if (step.do === "write") await this.#compare(`after ${JSON.stringify(step)}`);
    }
    await this.#settle();
    await this.#compare("at the end");
  }

  /** Empties the world again. */
  async end(): Promise<void> {
    const { database } = this.#world.runtime;
    for (const player of this.#players) this.#cut(player);
    await new Promise((resolve) => setImmediate(resolve));
    const stats = this.#world.hub.stats();
    if (stats.connections + stats.subscriptions + stats.groups > 0)
      throw new Error(`left: ${JSON.stringify(stats)}`);
    for (const { name } of this.#world.tables.toReversed()) {
      await database.db.run(sql`delete from ${sql.identifier(name)}`);
    }
  }

  #setScopes(plans: CasePlan["scopes"]): void {
    this.#world.scopes.clear();
    for (const [r, resource] of this.#world.resources.entries()) {
      const table = pick(this.#world.tables, Math.floor(r / 2));
      const users = [0, 1, 2].map((user) => {
        const plan = plans.length === 0 ? true : pick(plans, r + user);
        return typeof plan === "boolean" ? plan : whereOn(table, infoOf(this.#world, table), plan);
      });
      this.#world.scopes.set(resource, users);
    }
  }

  async #do(step: StepPlan): Promise<void> {
    if (step.do === "write") {
      await write(this.#world, this.#other, step);
      // Nothing tells us of another process but a look.
      await this.#world.runtime.database.read(async () => null);
      return;
    }
    if (step.do === "settle") return this.#settle();
    const player = pick(this.#players, step.client);
    switch (step.do) {
      case "subscribe":
        return this.#subscribe(player, `s${step.id}`, step);
      case "unsubscribe":
        if (player.asks.delete(`s${step.id}`)) player.line?.client.unsubscribe(`s${step.id}`);
        return;
      case "cut":
        return this.#cut(player);
      case "connect":
        return this.#connect(player);
      case "become":
        return this.#become(player, step.user);
      default:
        step satisfies never;
    }
  }

  #cut(player: Player): void {
    if (player.line === null) return;
    const { client, pair } = player.line;
    player.left = client.leaveBehind();
    this.counts.resumed += client.frames.filter(
      (frame) => frame.type === "subscribed" && frame.resumed,
    ).length;
    pair.cut();
    player.line = null;
  }

  async #connect(player: Player): Promise<void> {
    if (player.line !== null) return;
    const pair = socketPair();
    const client = new ReferenceClient(pair.client, player.left);
    player.line = { client, pair };
    const request = new Request("http://test/ws/");
    this.#world.hub.connect(pair.server, { request, info: requestInfo(request), user: { id: player.user } });
    pair.client.addEventListener("open", () => {
      for (const [id, ask] of player.asks) client.subscribe(id, ask);
    });
    await client.until(() => client.frames.length > 0);
  }

  #subscribe(player: Player, id: string, step: StepPlan & { do: "subscribe" }): void {
    if (player.asks.has(id)) return;
    const r = step.resource % this.#world.resources.length;
    const resource = pick(this.#world.resources, r);
    const table = pick(this.#world.tables, Math.floor(r / 2));
    const info = infoOf(this.#world, table);
    const keys = table.key.map((name, i) => {
      const column = table.columns.find((each) => each.name === name);
      return pick(column?.values ?? [], step.key?.[i] ?? 0) as string | number;
    });
    const filterable = [...(this.#world.runtime.resources.get(resource)?.filters.keys() ?? [])];
    const where =
      step.where === null
        ? {}
        : { where: whereOn(table, info, step.where, filterable) as Record<string, never> };
    const ask: Ask =
      step.key === null
        ? { resource, action: "list", query: where }
        : { resource, action: "retrieve", key: keys.length === 1 ? (keys[0] as string | number) : keys };
    player.asks.set(id, ask);
    player.left = new Map([...player.left].filter(([known]) => known !== id));
    player.line?.client.subscribe(id, ask);
  }

  async #become(player: Player, user: number): Promise<void> {
    player.user = user;
    if (player.line === null) return;
    const { client } = player.line;
    const sync = `sync${player.syncs++}`;
    client.send({ type: "auth", token: `${user}` });
    client.send({ type: "unsubscribe", id: sync });
    await client.until(() => client.errors.has(sync));
  }

  async #settle(): Promise<void> {
    for (const player of this.#players) await player.line?.client.until(() => this.#isSettled(player));
  }

  #isSettled({ line, asks }: Player): boolean {
    return [...asks.keys()].every((id) => line?.client.lists.has(id) || line?.client.errors.has(id));
  }

  async #compare(when: string): Promise<void> {
    for (const player of this.#players) {
      const { line } = player;
      if (line === null) continue;
      await line.client.ping();
      for (const [id, ask] of player.asks) await this.#compareList(when, player, id, ask);
      const { faults, errors } = line.client;
      for (const [id, error] of errors) {
        if (error.code !== "not_found" && error.code !== "unknown_subscription")
          faults.push(`${id}: ${error.code} ${error.message}`);
        else if (player.asks.delete(id)) errors.delete(id);
      }
      if (faults.length > 0) throw new Error(`${when}: ${faults.join("\n")}`);
    }
    if (this.#world.logged.length > 0) throw new Error(`${when}: logged ${String(this.#world.logged[0])}`);
  }

  async #compareList(when: string, { line, user }: Player, id: string, ask: Ask): Promise<void> {
    const list = line?.client.lists.get(id);
    if (list === undefined) return;
    if (list.catchesUp) throw new Error(`${when}: ${id} was resumed without a commit`);
    const truth = await this.#world.truth(user, ask);
    this.counts.compared++;
    this.counts.rows += truth.length;
    const wrong = differences([...list.rows.values()], truth, list.keys);
    if (wrong.length > 0) {
      throw new Error(`${when}: ${id} of user ${user}, ${JSON.stringify(ask)}:\n${wrong.join("\n")}`);
    }
  }
}

function differences(
  shown: readonly WireRow[],
  truth: readonly WireRow[],
  keys: readonly string[],
): string[] {
  const expected = new Map(truth.map((row) => [keyTextOf(row, keys), row]));
  const wrong: string[] = [];
  for (const row of shown) {
    const key = keyTextOf(row, keys);
    const real = expected.get(key);
    expected.delete(key);
    if (real === undefined) wrong.push(`shows ${JSON.stringify(row)}, which is not there`);
    else if (!sameJson(row, real))
      wrong.push(`shows ${JSON.stringify(row)} instead of ${JSON.stringify(real)}`);
  }
  return [...wrong, ...[...expected.values()].map((row) => `lacks ${JSON.stringify(row)}`)];
}
