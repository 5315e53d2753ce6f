import { type Issue, LivesetError } from "../core/error/liveset-error.ts";
import type { WireRow } from "../core/json.ts";
import type { Changes } from "../core/protocol/changes.ts";
import { type Down, down } from "../core/protocol/down.ts";
import type { Request } from "../core/protocol/request.ts";
import type { Response } from "../core/protocol/response.ts";
import type { Schema } from "../core/protocol/schema.ts";
import type { Subscribe } from "../core/protocol/subscribe.ts";
import type { Subscribed } from "../core/protocol/subscribed.ts";
import { type LeftBehind, ReferenceList } from "./reference-list.ts";
import type { SocketEnd } from "./socket-end.ts";

export type { LeftBehind } from "./reference-list.ts";

/** The part of a socket that it uses; that of `ws` has it too. */
export type ClientSocket = Pick<SocketEnd, "addEventListener" | "send">;

/**
 * A client that does what the protocol says and nothing else: no cleverness, and no mercy. Whatever contradicts the
 * protocol or what it already knows (a row that enters twice, a change of a list that is not open, a commit of a
 * position that was passed) stands in `faults`.
 */
export class ReferenceClient {
  readonly frames: Down[] = [];
  readonly faults: string[] = [];
  readonly lists: Map<string, ReferenceList> = new Map();
  readonly errors: Map<string, LivesetError> = new Map();
  readonly responses: Map<string, Response> = new Map();
  /** Codes with which the connection was closed; at most one. */
  readonly closes: number[] = [];
  readonly #socket: ClientSocket;
  readonly #left: ReadonlyMap<string, LeftBehind>;
  readonly #asked = new Set<string>();
  readonly #waiting = new Set<() => void>();
  /** Whether the server says that it hears of changes. */
  isLive = true;
  #cursor = "";
  #changed = new Set<number>();

  /** @param left lists of an earlier connection, by id: `subscribe` with the same id resumes them */
  constructor(socket: ClientSocket, left: ReadonlyMap<string, LeftBehind> = new Map()) {
    this.#socket = socket;
    this.#left = left;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data))));
    socket.addEventListener("close", ({ code }) => {
      this.closes.push(code);
      this.#wake();
    });
  }

  /** The position of everything shown: the cursor of the last frame that named one. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Resolves as soon as a condition holds, looked at after every frame and close. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  subscribe(id: string, ask: Omit<Subscribe, "type" | "id">): void {
    this.#asked.add(id);
    this.errors.delete(id);
    const since = this.#left.get(id)?.since;
    this.send({ type: "subscribe", id, ...(since === undefined ? {} : { since }), ...ask });
  }

  /** Subscribes and resolves when that was answered; rejects with the error. */
  async open(id: string, ask: Omit<Subscribe, "type" | "id">): Promise<ReferenceList> {
    this.subscribe(id, ask);
    await this.until(() => this.lists.has(id) || this.errors.has(id) || this.closes.length > 0);
    const list = this.lists.get(id);
    if (list === undefined) throw this.errors.get(id) ?? new LivesetError("disconnected");
    return list;
  }

  unsubscribe(id: string): void {
    this.#asked.delete(id);
    this.lists.delete(id);
    this.send({ type: "unsubscribe", id });
  }

  /** Sends a request and resolves to its answer; rejects with the error. */
  async request(id: string, wish: Omit<Request, "type" | "id">): Promise<Response> {
    this.send({ type: "request", id, ...wish });
    await this.until(() => this.responses.has(id) || this.errors.has(id) || this.closes.length > 0);
    const response = this.responses.get(id);
    if (response === undefined) throw this.errors.get(id) ?? new LivesetError("disconnected");
    return response;
  }

  /** Resolves when everything that was sent before has been looked at by the server. */
  async ping(): Promise<void> {
    const seen = this.frames.length;
    this.send({ type: "ping" });
    await this.until(
      () => this.frames.slice(seen).some(({ type }) => type === "pong") || this.closes.length > 0,
    );
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The rows of a list, in no particular order. */
  rows(id: string): readonly WireRow[] {
    return [...(this.lists.get(id)?.rows.values() ?? [])];
  }

  /** What the next connection may resume. */
  leaveBehind(): Map<string, LeftBehind> {
    return new Map([...this.lists].map(([id, list]) => [id, list.leaveBehind(this.#cursor)]));
  }

  #hear(frame: Down): void {
    const issues: Issue[] = [];
    const schema: Schema<Down> | undefined = down[frame.type];
    schema?.check(frame, [], issues);
    if (schema === undefined || issues.length > 0) {
      this.faults.push(`not a frame: ${JSON.stringify(frame)} ${JSON.stringify(issues)}`);
    }
    this.frames.push(frame);
    this.#take(frame);
    this.#wake();
  }

  #take(frame: Down): void {
    switch (frame.type) {
      case "welcome":
        this.isLive = true;
        this.#cursor = frame.cursor;
        break;
      case "pong":
        this.#cursor = frame.cursor;
        break;
      case "feed":
        this.isLive = frame.live;
        break;
      case "subscribed":
        this.#opened(frame);
        break;
      case "changes":
        this.#stage(frame);
        break;
      case "commit":
        this.#commit(frame.cursor);
        break;
      case "reset":
        for (const [id, { group }] of this.lists) if (group === frame.group) this.lists.delete(id);
        break;
      case "response":
        this.responses.set(frame.id, frame);
        break;
      case "error":
        this.errors.set(frame.id ?? "", LivesetError.fromProblem({ ...frame }));
        if (frame.id !== undefined) this.lists.delete(frame.id);
        break;
      default:
        frame satisfies never;
    }
  }

  #opened(frame: Subscribed): void {
    if (!this.#asked.has(frame.id)) return;
    if (this.#changed.size > 0) this.faults.push(`subscribed ${frame.id} stands inside a transaction`);
    // A list that is open already becomes another one.
    const before = this.lists.get(frame.id)?.leaveBehind(this.#cursor) ?? this.#left.get(frame.id) ?? null;
    if (frame.resumed && before === null) this.faults.push(`${frame.id} resumes what never was`);
    this.#cursor = frame.cursor;
    this.lists.set(frame.id, new ReferenceList(frame, before));
  }

  #stage(frame: Changes): void {
    const lists = [...this.lists].filter(([, { group }]) => group === frame.group);
    const someCatchUp = lists.some(([, list]) => list.catchesUp);
    this.#changed.add(frame.group);
    for (const [id, list] of lists) {
      const faults = list.stage(frame);
      if (!someCatchUp || list.catchesUp) this.faults.push(...faults.map((fault) => `${id}: ${fault}`));
    }
  }

  #commit(cursor: string): void {
    this.#cursor = cursor;
    this.#changed = new Set();
    for (const list of this.lists.values()) list.commit();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
