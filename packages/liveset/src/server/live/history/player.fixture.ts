import type { Down } from "../../../core/protocol/down.ts";
import type { Request as RequestFrame } from "../../../core/protocol/request.ts";
import { type LeftBehind, ReferenceClient } from "../../../testing/reference-client.ts";
import { askOf, type HistoryAsk, wireAsk } from "./ask.fixture.ts";
import { Judge } from "./judge.fixture.ts";
import { Line, type OpenRequest } from "./line.fixture.ts";
import { textOf } from "./oracle.fixture.ts";
import type { AskPlan } from "./plan.fixture.ts";
import type { Stage } from "./stage.fixture.ts";
import { pick } from "./tables.fixture.ts";

/** A write that is sent until it is answered. */
interface Mutation extends OpenRequest {
  readonly id: string;
  readonly frame: Omit<RequestFrame, "type" | "id" | "mutation">;
  /** Lines on which it was sent. */
  readonly lines: Set<number>;
  sent: number;
  /** Answers that were no errors. */
  readonly answers: string[];
  refused: boolean;
}

interface Slot {
  id: string;
  ask: HistoryAsk;
}

/** Live queries that a client keeps at most. */
const mostSlots = 5;

/** What belongs to one connection. */
interface Connected {
  readonly line: Line;
  readonly client: ReferenceClient;
  readonly judge: Judge;
}

/** A client through all its connections. */
export class Player {
  readonly number: number;
  /** Who it is when it connects; 0: nobody. */
  user: number;
  readonly #stage: Stage;
  readonly #slots = new Map<number, Slot>();
  readonly #asked = new Map<string, Mutation>();
  /** Windows that grow: the id of the larger, with that of the smaller which it replaces. */
  readonly #growing = new Map<string, { readonly slot: number; readonly larger: Slot }>();
  readonly #mutations: Mutation[] = [];
  #left: ReadonlyMap<string, LeftBehind> = new Map();
  #connected: Connected | null = null;
  #ids = 0;
  #lastSlot = 0;

  constructor(stage: Stage, number: number) {
    this.#stage = stage;
    this.number = number;
    this.user = number + 1;
  }

  get line(): Line | null {
    return this.#connected?.line ?? null;
  }

  get client(): ReferenceClient | null {
    return this.#connected?.client ?? null;
  }

  get mutations(): readonly Readonly<Mutation>[] {
    return this.#mutations;
  }

  /** Makes the ends of a new connection; the other one is for the server. */
  connect(number: number, token: string): Line {
    const line = new Line(this.#stage, number, token);
    const client = new ReferenceClient(line.pair.client, this.#left);
    const judge = new Judge(this.#stage, line, client);
    this.#connected = { line, client, judge };
    line.pair.client.addEventListener("open", () => this.#begin());
    line.pair.client.addEventListener("message", () => this.#heard(line, client, judge));
    line.pair.client.addEventListener("close", ({ code }) => this.#closed(line, client, code));
    return line;
  }

  /** Beyond `mostSlots` nothing. */
  subscribe(plan: AskPlan): void {
    if (this.#slots.size >= mostSlots) return;
    const made = { id: this.#newId(), ask: askOf(plan, this.user) };
    this.#slots.set(++this.#lastSlot, made);
    this.#send(made);
  }

  /** @param number chooses one of those that are open */
  unsubscribe(number: number): void {
    const slots = [...this.#slots.keys()];
    if (slots.length === 0) return;
    const slot = pick(slots, number);
    const known = this.#slots.get(slot);
    this.#slots.delete(slot);
    this.#end(known?.id ?? "");
  }

  /**
   * Asks for a larger window, which takes over when it is there.
   *
   * @param number chooses one of those that are open
   */
  grow(number: number): void {
    const windows = [...this.#slots].filter(
      ([slot, { ask }]) => ask.limit !== null && !this.#isGrowing(slot),
    );
    if (windows.length === 0 || !this.#isOpen) return;
    const [slot, known] = pick(windows, number);
    const { ask } = known;
    const grown = { ...ask, limit: (ask.limit ?? 0) + 3, text: `${ask.text}+` };
    const larger = { ...known, id: this.#newId(), ask: grown };
    this.#growing.set(larger.id, { slot, larger });
    this.#send(larger);
  }

  present(user: number, token: string): void {
    this.user = user;
    if (this.#connected === null || !this.#isOpen) return;
    this.#connected.line.present(token);
    this.#connected.client.send({ type: "auth", token });
  }

  /** Begins a write that is sent again until it is answered. */
  request(id: string, frame: Mutation["frame"] & { readonly resource: OpenRequest["resource"] }): void {
    const { timeline } = this.#stage;
    const mutation: Mutation = {
      id,
      frame,
      resource: frame.resource,
      from: timeline.last,
      principals: new Set(),
      lines: new Set(),
      sent: 0,
      answers: [],
      refused: false,
    };
    this.#mutations.push(mutation);
    this.#ask(mutation);
  }

  /** Sends the last answered write once more. */
  repeat(): void {
    const last = this.#mutations.findLast(({ answers }) => answers.length > 0);
    if (last !== undefined) this.#ask(last);
  }

  /** Whether everything that was asked is answered, or the line is lost. */
  get isSettled(): boolean {
    if (this.#connected === null) return true;
    const { client, line } = this.#connected;
    return (
      !line.isChanging &&
      this.#growing.size === 0 &&
      [...line.asks.keys()].every((id) => client.lists.get(id)?.catchesUp === false) &&
      this.#mutations.every((mutation) => !this.#isUnderWay(mutation))
    );
  }

  /** Resolves when it is settled. */
  async settled(): Promise<void> {
    await this.#connected?.client.until(() => this.isSettled);
  }

  /** What it waits for, in words. */
  get waitsFor(): string {
    const { client, line } = this.#connected ?? {};
    const asks = [...(line?.asks ?? [])].filter(([id]) => client?.lists.get(id)?.catchesUp !== false);
    const writes = this.#mutations.filter((mutation) => this.#isUnderWay(mutation)).map(({ id }) => id);
    return JSON.stringify({ asks, writes, growing: [...this.#growing.keys()], changing: line?.isChanging });
  }

  judgeNow(): void {
    this.#connected?.judge.judgeNow();
  }

  #isGrowing(slot: number): boolean {
    return [...this.#growing.values()].some((growing) => growing.slot === slot);
  }

  get #isOpen(): boolean {
    return this.#connected?.line.pair.client.readyState === 1;
  }

  #isUnderWay({ answers, refused, sent }: Mutation): boolean {
    return answers.length === 0 && !refused && sent >= 0;
  }

  #newId(): string {
    return `c${this.number}.${this.#ids++}`;
  }

  #begin(): void {
    for (const slot of this.#slots.values()) this.#send(slot);
    for (const mutation of this.#mutations) if (this.#isUnderWay(mutation)) this.#ask(mutation);
  }

  #send({ id, ask }: Slot): void {
    if (this.#connected === null || !this.#isOpen) return;
    this.#connected.line.ask(id, ask);
    this.#connected.client.subscribe(id, wireAsk(ask));
  }

  #end(id: string): void {
    if (this.#connected === null || !this.#isOpen || !this.#connected.line.asks.delete(id)) return;
    this.#connected.client.unsubscribe(id);
  }

  #ask(mutation: Mutation): void {
    if (this.#connected === null || !this.#isOpen) return;
    const { line, client } = this.#connected;
    mutation.lines.add(line.number);
    mutation.principals.add(line.principal);
    const id = `${mutation.id}#${mutation.sent++}`;
    line.requests.set(id, mutation);
    this.#asked.set(id, mutation);
    client.send({ type: "request", id, ...mutation.frame, mutation: mutation.id });
  }

  #heard(line: Line, client: ReferenceClient, judge: Judge): void {
    const tag = line.arrived();
    const { frame } = tag;
    if (frame.type === "error") this.#failed(line, client, frame);
    if (frame.type === "response") this.#answered(line, frame);
    if (frame.type === "subscribed") this.#opened(frame);
    judge.heard(tag);
    for (const fault of client.faults.splice(0))
      this.#stage.fault(`the client of line ${line.number}: ${fault}`);
  }

  #opened({ id, resumed }: Down & { type: "subscribed" }): void {
    const { counts } = this.#stage;
    if (resumed) counts.add("resumed");
    else if (this.#left.has(id)) counts.add("sent anew after a reconnect");
    this.#left = new Map([...this.#left].filter(([known]) => known !== id));
    const growing = this.#growing.get(id);
    if (growing === undefined) return;
    this.#growing.delete(id);
    const smaller = this.#slots.get(growing.slot);
    if (smaller === undefined) return this.#end(id);
    counts.add("windows grown");
    this.#slots.set(growing.slot, growing.larger);
    this.#end(smaller.id);
  }

  #failed(line: Line, client: ReferenceClient, frame: Down & { type: "error" }): void {
    const { id = "", code } = frame;
    const request = this.#asked.get(id);
    if (request !== undefined) return this.#refused(request, frame);
    // Also one that it has let go of, of which the server had not heard.
    const ask = line.askOf(id);
    if (code === "unknown_subscription" && !line.asks.has(id)) return;
    if (ask === undefined) {
      this.#stage.fault(`line ${line.number}: ${JSON.stringify(frame)}`);
      return;
    }
    line.asks.delete(id);
    client.errors.delete(id);
    this.#growing.delete(id);
    for (const [slot, known] of this.#slots) if (known.id === id) this.#slots.delete(slot);
    if (!this.#mayFail(line, ask, code))
      this.#stage.fault(`P7: line ${line.number}, ${ask.text}: ${JSON.stringify(frame)}`);
  }

  /** A row that is not there, or not for him; a scope or a computed field that was made to throw. */
  #mayFail(line: Line, ask: HistoryAsk, code: string): boolean {
    const { oracle, timeline, rights, counts } = this.#stage;
    const principals = [line.principal, ...line.former];
    const places = Array.from({ length: timeline.last + 1 }, (_, place) => place);
    if (code === "not_found" || code === "forbidden" || code === "unauthenticated") {
      const isAbsent = (place: number): boolean =>
        principals.some((principal) => oracle.truth(ask, principal, place).rows.size === 0);
      return ask.action === "retrieve" && places.some(isAbsent);
    }
    const isBroken =
      [...principals, ...line.found].some((principal) =>
        [...ask.resources].some((resource) => rights.wasBroken(principal?.id ?? 0, resource)),
      ) || principals.some((principal) => places.some((place) => oracle.mayThrow(ask, principal, place)));
    if (isBroken) counts.add("errors of lists that are broken");
    return code === "internal" && isBroken;
  }

  #answered(line: Line, frame: Down & { type: "response" }): void {
    const { counts } = this.#stage;
    const mutation = this.#asked.get(frame.id);
    if (mutation === undefined) return this.#stage.fault(`line ${line.number}: ${frame.id} was not asked`);
    const answer = textOf([frame.status, frame.data]);
    const [first] = mutation.answers;
    if (first !== undefined && first !== answer)
      this.#stage.fault(`P6: ${mutation.id} is answered ${answer} after ${first}`);
    mutation.answers.push(answer);
    counts.add(first === undefined ? "mutations answered" : "kept answers");
    if (mutation.lines.size > 1) counts.add("mutations repeated over another line");
    const isFirst = mutation.sent === 1 && mutation.frame.action !== "bulk";
    if (isFirst && !line.named.has(mutation.id)) this.#stage.fault(`P6: no commit named ${mutation.id}`);
  }

  #refused(mutation: Mutation, frame: Down & { type: "error" }): void {
    const { rights } = this.#stage;
    const { code, status } = frame;
    const isBroken =
      code === "internal" &&
      (mutation.resource === "fragile" ||
        [...mutation.principals].some((principal) =>
          rights.wasBroken(principal?.id ?? 0, mutation.resource),
        ));
    if (mutation.answers.length > 0 && code !== "mutation_reused")
      this.#stage.fault(`P6: ${mutation.id} was answered before and fails now: ${JSON.stringify(frame)}`);
    if (status >= 500 && !isBroken) this.#stage.fault(`P7: ${mutation.id}: ${JSON.stringify(frame)}`);
    mutation.refused = true;
  }

  #closed(line: Line, client: ReferenceClient, code: number): void {
    if (this.#connected?.line !== line) return;
    const { counts } = this.#stage;
    if (code === 1006) counts.add("cuts");
    else if (code === 4401 || code === 4408) counts.add(`closes: ${code}`);
    else if (code !== 1001 && code !== 1000) this.#stage.fault(`line ${line.number} was closed with ${code}`);
    this.#left = new Map([...this.#left, ...client.leaveBehind()]);
    this.#growing.clear();
    this.#connected = null;
  }
}
