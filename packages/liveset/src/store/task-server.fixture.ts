import { type FakeSocket, subscribedTo } from "../client/fake-network.fixture.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import type { Json, WireRow } from "../core/json.ts";
import type { Down } from "../core/protocol/down.ts";
import type { Request } from "../core/protocol/request.ts";
import { isRecord } from "../core/protocol/schema.ts";
import type { Subscribe } from "../core/protocol/subscribe.ts";
import type { Up } from "../core/protocol/up.ts";

type State = ReadonlyMap<string, WireRow>;

/**
 * A server of tasks as a state by cursor, whose frames wait in a queue that a test delivers in portions. Writes with the text
 * "bad" are refused. Filters: `done`.
 */
export class TaskServer {
  /** The state after each commit; index is the cursor. */
  readonly states: State[] = [new Map()];
  /** The cursor under which each mutation was applied. */
  readonly applied = new Map<string, number>();
  /** Up to where the client has been told. */
  told = 0;
  /** Cursors before it cannot be resumed from. */
  kept = 0;
  readonly #answered = new Set<string>();
  readonly #asked = new Map<string, string>();
  #answers = new Map<string, Json>();
  #lists = new Map<string, { readonly frame: Subscribe; readonly group: number }>();
  #queue: Down[] = [];
  #socket: FakeSocket | null = null;
  #read = 0;
  #welcomed = false;
  #lastGroup = 0;
  #lastId = 100;

  get cursor(): number {
    return this.states.length - 1;
  }

  get state(): State {
    return this.states.at(-1) ?? new Map();
  }

  attach(socket: FakeSocket): void {
    if (socket === this.#socket) return;
    this.#socket = socket;
    this.#lists = new Map();
    this.#queue = [];
    this.#read = 0;
    this.#welcomed = false;
  }

  newId(): number {
    return ++this.#lastId;
  }

  commit(next: State, mutation?: string): void {
    const before = this.state;
    this.states.push(next);
    if (mutation !== undefined) this.applied.set(mutation, this.cursor);
    const cursor = String(this.cursor);
    for (const list of this.#lists.values()) {
      const changes = this.#changes(list, before, next);
      if (changes !== null) this.#queue.push(changes);
    }
    this.#queue.push({
      type: "commit",
      cursor,
      ...(mutation === undefined ? {} : { mutations: [mutation] }),
    });
  }

  /** Reads what was sent and delivers some frames. */
  run(frames = Number.POSITIVE_INFINITY): void {
    const socket = this.#socket;
    if (socket === null || socket.closedWith !== null) return;
    if (!this.#welcomed) socket.greet();
    this.#welcomed = true;
    this.#readAll(socket);
    for (const frame of this.#queue.splice(0, Math.min(frames, this.#queue.length))) {
      if ("cursor" in frame && frame.type !== "changes" && frame.cursor !== undefined)
        this.told = Number(frame.cursor);
      if (frame.type === "response") this.#answered.add(this.#asked.get(frame.id) ?? "");
      socket.say(frame);
    }
    this.#readAll(socket);
  }

  /** Whether the client has been told the answer to a write. */
  isAnswered(mutation: string): boolean {
    return this.#answered.has(mutation);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  cut(): void {
    this.#socket?.cut();
  }

  #readAll(socket: FakeSocket): void {
    for (; this.#read < socket.sent.length; this.#read++) this.#take(socket.sent[this.#read] as Up);
  }

  #take(frame: Up): void {
    if (frame.type === "subscribe") this.#subscribe(frame);
    else if (frame.type === "unsubscribe") this.#lists.delete(frame.id);
    else if (frame.type === "request") this.#request(frame);
    else if (frame.type === "ping") this.#queue.push({ type: "pong", cursor: String(this.cursor) });
  }

  #subscribe(frame: Subscribe): void {
    const list = { frame, group: ++this.#lastGroup };
    this.#lists.set(frame.id, list);
    const since = Number(frame.since?.cursor ?? -1);
    const resumed = since >= this.kept;
    const answer = { ...subscribedTo(frame), group: list.group, resumed, cursor: String(this.cursor) };
    if (!resumed) {
      this.#queue.push({ ...answer, rows: [...this.state.values()].filter((row) => fits(frame, row)) });
      return;
    }
    this.#queue.push(answer);
    const changes = this.#changes(list, this.states[since] ?? new Map(), this.state);
    if (changes !== null) this.#queue.push(changes);
    this.#queue.push({ type: "commit", cursor: answer.cursor });
  }

  #request(frame: Request): void {
    const mutation = String(frame.mutation);
    this.#asked.set(frame.id, mutation);
    const kept = this.#answers.get(mutation);
    if (kept !== undefined) {
      this.#queue.push({ type: "response", id: frame.id, status: 200, data: kept });
      return;
    }
    try {
      const data = this.#write(frame, mutation);
      this.#answers.set(mutation, data);
      this.#queue.push({ type: "response", id: frame.id, status: 200, data, cursor: String(this.cursor) });
    } catch (thrown) {
      this.#queue.push({ type: "error", id: frame.id, ...(thrown as LivesetError).toProblem() });
    }
  }

  #write({ action, key, data }: Request, mutation: string): Json {
    const values = isRecord(data) ? (data as WireRow) : {};
    if (values.text === "bad") throw new LivesetError("forbidden");
    const next = new Map(this.state);
    if (action === "create") {
      const row = { id: this.newId(), done: false, ...values };
      next.set(String(row.id), row);
      this.commit(next, mutation);
      return row;
    }
    const row = next.get(String(key));
    if (row === undefined) throw new LivesetError("not_found");
    const after = { ...row, ...values };
    if (action === "delete") next.delete(String(key));
    else next.set(String(key), after);
    this.commit(next, mutation);
    return action === "delete" ? null : after;
  }

  #changes(
    { frame, group }: { readonly frame: Subscribe; readonly group: number },
    before: State,
    after: State,
  ): Extract<Down, { type: "changes" }> | null {
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leave: string[] = [];
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const [old, row] = [before.get(key), after.get(key)];
      if (old === row) continue;
      const was = old !== undefined && fits(frame, old);
      if (row !== undefined && fits(frame, row)) (was ? update : enter).push({ ...row });
      else if (was) leave.push(key);
    }
    if (enter.length + update.length + leave.length === 0) return null;
    return { type: "changes", group, cursor: String(this.cursor), enter, update, leave };
  }
}

function fits({ query, key }: Subscribe, row: WireRow): boolean {
  if (key !== undefined) return row.id === key;
  const done = query?.where?.done;
  return done === undefined || row.done === done;
}
