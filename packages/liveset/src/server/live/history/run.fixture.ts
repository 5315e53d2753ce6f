import { setImmediate } from "node:timers/promises";
import { conditionOn } from "./condition.fixture.ts";
import type { Counts } from "./counts.fixture.ts";
import { markersIn, nameOf, Oracle, type Scopes } from "./oracle.fixture.ts";
import type { HistoryPlan, StatementPlan, StepPlan, WishPlan } from "./plan.fixture.ts";
import { Player } from "./player.fixture.ts";
import { type Principal, type ResourceName, resourceNames, resourceSpecs } from "./resources.fixture.ts";
import type { Stage } from "./stage.fixture.ts";
import { drizzleOf, seedRow, seedSql, sqlOf } from "./statement.fixture.ts";
import { boom, pick } from "./tables.fixture.ts";
import type { Timeline } from "./timeline.fixture.ts";
import type { World } from "./world.fixture.ts";

type Step<K extends StepPlan["do"]> = StepPlan & { readonly do: K };

/** Plays one history in a world and judges everything that clients are sent. */
export class HistoryRun {
  readonly #world: World;
  readonly #counts: Counts;
  readonly #patience: number;
  readonly #faults: string[] = [];
  #players: readonly Player[] = [];
  #stage: Stage | null = null;
  /** What was begun and not waited for. */
  #underWay: Promise<unknown>[] = [];
  #lines = 0;
  #markers = 0;
  #mayLog = false;

  /** @param patience how long it may wait for something, in ms, before it is said to hang */
  constructor(world: World, counts: Counts, patience: number) {
    this.#world = world;
    this.#counts = counts;
    this.#patience = patience;
  }

  /** @throws Error with everything that is not as it was promised. */
  async play(plan: HistoryPlan): Promise<void> {
    await this.#begin(plan);
    for (const [number, step] of plan.steps.entries()) {
      await this.#do(step);
      this.#check(`step ${number + 1}, ${step.do}`);
    }
    await this.#end();
    this.#counts.add("histories");
  }

  async #begin({ lag, rows, filled, scopes, asks }: HistoryPlan): Promise<void> {
    const world = this.#world;
    const conditions = scopesOf(scopes);
    world.lag = lag;
    const timeline = await world.begin(conditions, [
      ...seedSql(this.#nextMarker),
      ...rows.map((row) => sqlOf(seedRow(row), () => `s${row}`)),
      ...(filled === null ? [] : [sqlOf(filled, () => "s")]),
    ]);
    const stage: Stage = {
      timeline,
      oracle: new Oracle(conditions, timeline),
      rights: world.rights,
      counts: this.#counts,
      bufferedBytes: world.server.limits.bufferedBytes,
      fault: (text) => this.#faults.push(text),
    };
    this.#stage = stage;
    this.#players = [0, 1, 2].map((number) => new Player(stage, number));
    world.rights.authenticated = (number, token, principal) => {
      const line = this.#players.find(({ line }) => line?.number === number)?.line;
      line?.authenticated(token, principal, world.rights.isOver(token));
    };
    for (const player of this.#players) this.#connect(player);
    for (const { client, ask } of asks) pick(this.#players, client).subscribe(ask);
    await this.#settle();
    this.#check("the beginning");
  }

  async #end(): Promise<void> {
    // One that was closed for its slowness while it was settling connects again; one that asks for more than fits never comes to rest.
    for (let round = 0; round === 0 || (round < 3 && this.#isSomebodyAway); round++) {
      for (const player of this.#players) {
        player.line?.release();
        this.#connect(player);
      }
      await this.#settle();
    }
    await this.#checkMutations();
    for (const { line } of this.#players) line?.pair.client.close();
    // The ends of a cable hear of it in a microtask.
    await setImmediate();
    const stats = this.#world.server.stats();
    if (Object.values(stats).some((count) => count !== 0))
      this.#faults.push(`left behind: ${JSON.stringify(stats)}`);
    this.#check("the end");
  }

  async #do(step: StepPlan): Promise<void> {
    switch (step.do) {
      case "write":
        return this.#write(step);
      case "subscribe":
        return this.#player(step).subscribe(step.ask);
      case "unsubscribe":
        return this.#player(step).unsubscribe(step.id);
      case "grow":
        return this.#player(step).grow(step.id);
      case "request":
        return this.#request(step);
      case "repeat":
        return this.#player(step).repeat();
      case "rest":
        return this.#start(this.#rest(step));
      case "cut":
        return this.#player(step).line?.cutAfter(step.after, step.to);
      case "connect":
        return this.#connect(this.#player(step));
      case "hold":
        return this.#player(step).line?.hold();
      case "release":
        return this.#player(step).line?.release();
      case "restart":
        return this.#restart(step);
      case "become":
        return this.#become(step);
      case "flip":
        this.#world.rights.flip(step.user, step.what);
        return this.#refresh(step.user);
      case "break":
        this.#mayLog = true;
        this.#world.rights.toggle(step.user, pick(resourceNames, step.resource));
        return this.#refresh(step.user);
      case "revoke":
        return this.#revoke(step.user);
      case "wait":
        return this.#wait(step.ms);
      case "prune":
        return this.#prune();
      case "settle":
        return this.#settle();
      case "turn":
        for (let i = 0; i < step.count; i++) await setImmediate();
        return;
      default:
        step satisfies never;
    }
  }

  get #isSomebodyAway(): boolean {
    return this.#players.some(({ line }) => line === null);
  }

  #player({ client }: { readonly client: number }): Player {
    return pick(this.#players, client);
  }

  get #timeline(): Timeline {
    if (this.#stage === null) throw new Error("The history has not begun.");
    return this.#stage.timeline;
  }

  readonly #nextMarker = (): string => `${++this.#markers}`;

  #connect(player: Player): void {
    if (player.line !== null) return;
    const token = player.user === 0 ? "" : this.#world.rights.issue(player.user, false);
    const line = player.connect(++this.#lines, token);
    const headers = { "x-line": `${line.number}`, authorization: `Bearer ${token}` };
    this.#world.server.accept(line.pair.server, new Request("http://test/ws/", { headers }));
  }

  async #write({ by, of, rollback }: Step<"write">): Promise<void> {
    if (rollback) this.#counts.add("writes rolled back");
    if (by === "another process") return this.#plainWrite(of, rollback);
    const { db } = this.#world.server;
    const { database } = this.#world;
    const statements = of.map((plan) => drizzleOf(sqlOf(plan, this.#nextMarker)));
    const run = async (): Promise<void> => {
      if (by === "statements") {
        for (const statement of statements)
          await database.run(db, statement).catch((thrown) => this.#refused(thrown));
        return;
      }
      await db
        .transaction(async (tx) => {
          for (const statement of statements) await database.run(tx, statement);
          if (rollback) throw new Error("rolled back: constraint of the history");
        })
        .catch((thrown) => this.#refused(thrown));
    };
    this.#start(run());
  }

  async #plainWrite(of: readonly StatementPlan[], rollback: boolean): Promise<void> {
    const statements = of.map((plan) => sqlOf(plan, this.#nextMarker));
    this.#counts.add("writes refused", await this.#world.database.write(statements, rollback));
  }

  #refused(thrown: unknown): void {
    const text = `${thrown} ${thrown instanceof Error ? thrown.cause : ""}`;
    if (!/constraint|unique|foreign|duplicate|deadlock/i.test(text)) throw thrown;
    this.#counts.add("writes refused");
  }

  #request({ client, wish }: Step<"request">): void {
    const id = this.#world.mutationId();
    const resource = resourceOf(wish);
    this.#player({ client }).request(id, { resource, ...this.#wire(wish, id) });
  }

  #wire({ action, key, values, resource }: WishPlan, id: string): WireWish {
    const name = resourceOf({ resource });
    const [rank = 0, owner = 0, label = 0] = values;
    const mark = `~${resourceSpecs[name].letter}.${id}~`;
    const row = { rank, label: pick(["a", "b"], label), [name]: mark };
    if (action === "delete") return { action, key: 1 + (key % 6) };
    if (action === "patch")
      return { action, key: 1 + (key % 6), data: { ...row, ...(owner > 4 ? { ownerId: owner % 4 } : {}) } };
    if (action === "create")
      return { action, data: { ...row, ownerId: 1 + (owner % 3), projectId: null, done: false } };
    return { action, data: { owner: 1 + (owner % 3), label: pick(["a", "b"], label), mark } };
  }

  async #rest({ user, wish }: Step<"rest">): Promise<void> {
    const { rights, server } = this.#world;
    const resource = resourceOf(wish);
    const from = this.#timeline.last;
    const before = this.#principal(user);
    const { action, key, data } = this.#wire(wish, this.#world.mutationId());
    const path = action === "bulk" ? `${resource}/bulk` : key === undefined ? resource : `${resource}/${key}`;
    const method = action === "patch" ? "PATCH" : action === "delete" ? "DELETE" : "POST";
    const headers = {
      authorization: `Bearer ${rights.issue(user, false)}`,
      "content-type": "application/json",
    };
    const init = data === undefined ? { method, headers } : { method, headers, body: JSON.stringify(data) };
    const response = await server.fetch(new Request(`http://test/api/${path}/`, init));
    const text = await response.text();
    this.#counts.add("rest");
    if (response.status >= 500 && !rights.wasBroken(user, resource) && resource !== "fragile")
      this.#faults.push(`REST ${method} ${path}: ${response.status} ${text}`);
    this.#checkMarkers(text, resource, from, [before, this.#principal(user)]);
  }

  #principal(user: number): Principal | null {
    const headers = { authorization: `Bearer ${this.#world.rights.issue(user, false)}` };
    return this.#world.rights.authenticate(new Request("http://test/", { headers }));
  }

  #checkMarkers(
    text: string,
    of: ResourceName,
    from: number,
    principals: readonly (Principal | null)[],
  ): void {
    for (const { marker, resource } of markersIn(text)) {
      const places = Array.from({ length: this.#timeline.last - from + 1 }, (_, i) => from + i);
      const isVisible =
        resource === of &&
        principals.some((principal) =>
          places.some((place) => this.#stage?.oracle.isVisible(marker, resource, principal, place)),
        );
      if (!isVisible)
        this.#faults.push(`P5: REST shows ${marker} to ${principals.map(nameOf).join(" or ")}: ${text}`);
    }
  }

  async #restart({ reopen, meanwhile }: Step<"restart">): Promise<void> {
    await this.#finish();
    for (const { line } of this.#players) line?.release();
    await this.#world.stop(reopen);
    this.#counts.add("restarts");
    // Both ends hear of the close.
    await setImmediate();
    await this.#plainWrite(meanwhile, false);
    await this.#world.start();
  }

  #become({ client, user, short }: Step<"become">): void {
    const token = user === 0 ? "" : this.#world.rights.issue(user, short);
    this.#player({ client }).present(user, token);
  }

  #refresh(user: number): void {
    for (const { line } of this.#players) {
      if (line !== null && line.principal?.id === user && !line.isChanging) line.silent = true;
    }
    this.#start(this.#world.server.refresh(user));
  }

  #revoke(user: number): void {
    const { rights, server } = this.#world;
    const lines = this.#players.flatMap(({ line }) => line ?? []);
    // Who is not welcomed yet is asked for again: what becomes of its token is the application's to say. Whose time is over may
    // be nobody by now.
    const affected = lines.filter(
      (line) =>
        line.isWelcomed && line.principal?.id === user && !line.isChanging && !rights.isOver(line.token),
    );
    server.revoke(user);
    for (const { pair, number } of affected) {
      if (pair.server.readyState < 2)
        this.#faults.push(`P9: line ${number} of user ${user} is open though revoked`);
    }
  }

  #wait(ms: number): void {
    const { clock, rights } = this.#world;
    const lines = this.#players.flatMap(({ line }) => line ?? []);
    const running = lines.filter(({ token }) => !rights.isOver(token));
    clock.advance(ms);
    for (const line of running) {
      if (rights.isOver(line.token) && !line.isChanging && line.pair.server.readyState < 2)
        line.silent = true;
    }
  }

  /** As the server does it, what is pruned has been given to listeners. */
  async #prune(): Promise<void> {
    this.#counts.add("prunings");
    await this.#world.live.read(async () => null);
    await this.#world.database.prune();
  }

  /** Whoever settles waits for it, and hears of its failure. */
  #start(work: Promise<unknown>): void {
    work.catch(() => {});
    this.#underWay.push(work);
  }

  /** Waits for what was begun outside of the lines. */
  async #finish(): Promise<void> {
    await Promise.all(this.#underWay.splice(0));
  }

  /** Lets everything that was begun come to its end, except behind lines that are held, and judges what is there. */
  async #settle(): Promise<void> {
    await this.#patiently("what was begun", this.#finish());
    const players = this.#players.filter(({ line }) => line !== null && line.held === null);
    const { live } = this.#world;
    await live.read(async () => null);
    for (const player of players) await this.#patiently("to be answered", player.settled());
    await live.read(async () => null);
    for (const player of players) await this.#patiently("to be told everything", this.#caughtUp(player));
    const differences = this.#timeline.differences(await this.#world.database.read());
    this.#faults.push(...differences);
    for (const player of players) player.judgeNow();
  }

  /** Until it has been told everything, and nothing of it is being opened anew. */
  async #caughtUp(player: Player): Promise<void> {
    const { feed } = this.#world.live;
    const { client } = player;
    if (client === null) return;
    do {
      await player.settled();
      await client.ping();
      // Frames travel in microtasks, beside which nothing of a database's would.
      await setImmediate();
    } while (client.closes.length === 0 && (client.cursor !== feed.cursor || !player.isSettled));
  }

  async #patiently(what: string, work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${what} hangs: ${this.#waits()}`));
      }, this.#patience);
    });
    // A socket that is full when something is said is looked at again after a while.
    const time = setInterval(() => this.#wait(20), 5);
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      clearInterval(time);
    }
  }

  #waits(): string {
    const known = this.#faults.join("\n");
    return `${this.#players.map(({ waitsFor }) => waitsFor).join(" ")}\n${known}`;
  }

  /** P6: each was applied at most once, and exactly once where it was answered. */
  async #checkMutations(): Promise<void> {
    const marks = await this.#world.database.audit();
    if (new Set(marks).size !== marks.length)
      this.#faults.push(`P6: applied more than once: ${marks.toSorted()}`);
    for (const { mutations } of this.#players) {
      for (const { id, answers, frame } of mutations) {
        const isNoted = marks.some((mark) => mark.includes(`.${id}~`));
        const isDone = answers.length > 0 && frame.action !== "delete";
        if (isDone && !isNoted) this.#faults.push(`P6: ${id} was answered ${answers[0]} and not applied`);
      }
    }
  }

  /** Whether there was ever a row that the computed field of `fragile` cannot bear. */
  #wasBoom(): boolean {
    const timeline = this.#timeline;
    return Array.from({ length: timeline.last + 1 }, (_, place) => timeline.at(place)).some(({ tasks }) =>
      [...tasks.values()].some(({ label }) => label === boom),
    );
  }

  #check(when: string): void {
    const { logged } = this.#world;
    if (logged.length > 0) this.#mayLog ||= this.#wasBoom();
    if (logged.length > 0 && !this.#mayLog) this.#faults.push(`logged: ${describe(logged[0])}`);
    if (this.#faults.length > 0) throw new Error(`${when}:\n${this.#faults.slice(0, 5).join("\n")}`);
  }
}

interface WireWish {
  readonly action: WishPlan["action"];
  readonly key?: number;
  readonly data?: Record<string, string | number | boolean | null>;
}

function resourceOf({ resource }: Pick<WishPlan, "resource">): ResourceName {
  return pick(["own", "via", "permitted"] as const, resource);
}

function scopesOf(plans: HistoryPlan["scopes"]): Scopes {
  const scopes = resourceNames.map((name, i) => {
    const plan = pick(plans, i);
    const { table, depth } = resourceSpecs[name];
    return [name, typeof plan === "boolean" ? true : conditionOn(table, plan, depth)] as const;
  });
  return Object.fromEntries(scopes) as unknown as Scopes;
}

function describe(logged: object | undefined): string {
  const { err, ...rest } = (logged ?? {}) as { readonly err?: unknown };
  return `${err instanceof Error ? err.stack : String(err)} ${JSON.stringify(rest)}`;
}
