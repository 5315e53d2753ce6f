import type { Down } from "../../../core/protocol/down.ts";
import { type SocketPair, socketPair } from "../../../testing/socket-pair.ts";
import type { HistoryAsk } from "./ask.fixture.ts";
import { markersIn, nameOf } from "./oracle.fixture.ts";
import { type Principal, type ResourceName, resourceSpecs } from "./resources.fixture.ts";
import type { Stage } from "./stage.fixture.ts";

/** What was true when a frame was sent. */
export interface Tag {
  readonly frame: Down;
  /** The place of the last transaction. */
  readonly latest: number;
  readonly principal: Principal | null;
}

/** A request that may still be answered. */
export interface OpenRequest {
  readonly resource: ResourceName;
  /** The place of the timeline when it was sent for the first time. */
  readonly from: number;
  /** Who sent it, on whatever line. */
  readonly principals: Set<Principal | null>;
}

/**
 * One connection, seen from its server's end: every frame is looked at in the moment in which it is sent, whether it arrives or not.
 * Knows who the principal is in that moment, from what `authenticate` said and what was answered.
 */
export class Line {
  readonly number: number;
  readonly pair: SocketPair;
  /** Live queries that the client has open, or wants to. */
  readonly asks: Map<string, HistoryAsk> = new Map();
  readonly requests: Map<string, OpenRequest> = new Map();
  /** Mutations that commits named. */
  readonly named: Set<string> = new Set();
  /** Principals before the present one, as long as lists may still be theirs. */
  former: (Principal | null)[] = [];
  /** All that its tokens were ever found to be; of those that lasted a moment only, nothing but failures is told. */
  readonly found: (Principal | null)[] = [];
  /** Nothing may be sent until somebody was asked for: the principal that was is not in force any more (P9). */
  silent = false;
  held: (() => void) | null = null;
  wasHeld = false;
  readonly #stage: Stage;
  readonly #tags: Tag[] = [];
  /** All that it ever asked. */
  readonly #asked = new Map<string, HistoryAsk>();
  readonly #groups = new Map<number, HistoryAsk>();
  readonly #known = new Map<string, Principal | null>();
  /** Tokens that were sent and are not in force yet. */
  readonly #presented: string[] = [];
  #token: string;
  #principal: Principal | null = null;
  #welcomed = false;
  #ended = false;
  /** Cursors of the changes whose commit has not come. */
  #inside: string[] = [];
  #place = 0;

  constructor(stage: Stage, number: number, token: string) {
    this.#stage = stage;
    this.number = number;
    this.#token = token;
    this.pair = socketPair();
    const { server } = this.pair;
    const send = server.send.bind(server);
    server.send = (data) => {
      this.#sent(data);
      send(data);
    };
    server.addEventListener("close", () => {
      this.#ended = true;
    });
  }

  get principal(): Principal | null {
    return this.#principal;
  }

  get isWelcomed(): boolean {
    return this.#welcomed;
  }

  get token(): string {
    return this.#token;
  }

  /** Whether tokens are on their way. */
  get isChanging(): boolean {
    return this.#presented.length > 0;
  }

  /** What was true when the frame was sent that has now arrived. */
  arrived(): Tag {
    const tag = this.#tags.shift();
    if (tag === undefined) throw new Error("a frame arrived that nobody has sent");
    return tag;
  }

  /** The client asks for a live query. */
  ask(id: string, ask: HistoryAsk): void {
    this.asks.set(id, ask);
    this.#asked.set(id, ask);
  }

  /** What was asked under an id, whether it is still open or not. */
  askOf(id: string): HistoryAsk | undefined {
    return this.#asked.get(id);
  }

  /** The client sends a token. */
  present(token: string): void {
    this.#presented.push(token);
  }

  /** The server has asked who the bearer of a token is. */
  authenticated(token: string, principal: Principal | null, isOver: boolean): void {
    // Only when it asks again does the server look whether the time is over.
    const found = this.#known.has(token) && isOver ? null : principal;
    this.#known.set(token, found);
    this.found.push(found);
    if (this.#welcomed && token !== this.#token) return;
    this.silent = false;
    this.#become(found);
  }

  /** The line breaks after so many more frames that arrive at one end. */
  cutAfter(count: number, to: "client" | "server"): void {
    const end = this.pair[to];
    const delivered = end.delivered.bind(end);
    let left = count;
    end.delivered = (data) => {
      if (left-- > 0) delivered(data);
      else this.pair.cut();
    };
  }

  hold(): void {
    if (this.held !== null) return;
    this.held = this.pair.hold("client");
    this.wasHeld = true;
  }

  release(): void {
    this.held?.();
    this.held = null;
  }

  #become(principal: Principal | null): void {
    if (nameOf(principal) !== nameOf(this.#principal) && this.#welcomed) {
      this.former.push(this.#principal);
      this.#stage.counts.add("principals changed");
    }
    this.#principal = principal;
    for (const request of this.requests.values()) request.principals.add(principal);
  }

  #sent(text: string): void {
    const { timeline, counts, bufferedBytes } = this.#stage;
    const frame = JSON.parse(text) as Down;
    counts.add("frames");
    if (this.#ended) this.#fault("P9", `sends on a line that is closed`, text);
    if (this.silent) this.#fault("P9", "sends though its principal is not in force any more", text);
    if (this.pair.server.bufferedAmount > bufferedBytes) this.#fault("P8", "sends into a full buffer", text);
    if (frame.type === "welcome") this.#welcome();
    if (frame.type === "subscribed") {
      const ask = this.#asked.get(frame.id);
      if (ask === undefined) this.#fault("P2", "opens what was not asked for", text);
      else this.#groups.set(frame.group, ask);
    }
    this.#tags.push({ frame, latest: timeline.last, principal: this.#principal });
    this.#checkOrder(frame, text);
    this.#checkMarkers(frame, text);
    if (frame.type === "commit") for (const id of frame.mutations ?? []) this.named.add(id);
  }

  #welcome(): void {
    if (this.#welcomed) {
      this.#token = this.#presented.shift() ?? "";
      this.#become(this.#known.get(this.#token) ?? null);
    }
    this.#welcomed = true;
  }

  /** P3: transactions are whole, and in commit order. */
  #checkOrder(frame: Down, text: string): void {
    if (frame.type === "changes") {
      this.#inside.push(frame.cursor);
      return;
    }
    if (frame.type === "commit") {
      if (this.#inside.some((cursor) => cursor !== frame.cursor))
        this.#fault("P3", "mixes transactions", text);
      this.#inside = [];
    } else if (this.#inside.length > 0) this.#fault("P3", "stands inside a transaction", text);
    if (frame.type !== "commit" && frame.type !== "subscribed" && frame.type !== "pong") return;
    const place = this.#stage.timeline.placeOf(frame.cursor);
    if (place === undefined) return this.#fault("P3", "names a cursor that never was", text);
    if (place < this.#place) this.#fault("P3", "goes back", text);
    this.#place = place;
  }

  /** P5: every marker in it is one that the receiver may see, by a resource that he asked. */
  #checkMarkers(frame: Down, text: string): void {
    const found = markersIn(text);
    if (frame.type === "changes") this.#countChanges(frame);
    if (found.length === 0) return;
    const { timeline, oracle, counts } = this.#stage;
    if (frame.type === "changes" && markersIn(JSON.stringify(frame.leave ?? [])).length > 0)
      this.#fault("P5", "tells more than keys of what left", text);
    const source = this.#source(frame);
    if (source === null) return this.#fault("P5", "carries values that were not asked for", text);
    counts.add("markers checked", found.length);
    for (const { marker, resource } of found) {
      if (resource === null || !source.resources.has(resource)) {
        this.#fault("P5", `shows ${marker}, which was not asked for`, text);
        continue;
      }
      const isVisible = source.principals.some((principal) => {
        for (let place = source.from; place <= timeline.last; place++)
          if (oracle.isVisible(marker, resource, principal, place)) return true;
        return false;
      });
      if (!isVisible) {
        const who = source.principals.map(nameOf).join(" or ");
        this.#fault("P5", `shows ${marker} of ${resource}, which ${who} may not see`, text);
      }
    }
  }

  #source(frame: Down): {
    readonly resources: ReadonlySet<ResourceName>;
    readonly from: number;
    readonly principals: readonly (Principal | null)[];
  } | null {
    const principals = [this.#principal];
    if (frame.type === "changes" || frame.type === "subscribed") {
      const ask = this.#groups.get(frame.group);
      const from = this.#stage.timeline.placeOf(frame.cursor);
      return ask === undefined || from === undefined ? null : { resources: ask.resources, from, principals };
    }
    if (frame.type !== "response") return null;
    const request = this.requests.get(frame.id);
    if (request === undefined) return null;
    const asked = [...new Set([...request.principals, this.#principal])];
    return { resources: new Set([request.resource]), from: request.from, principals: asked };
  }

  #countChanges(frame: Down & { type: "changes" }): void {
    const { counts, timeline } = this.#stage;
    const ask = this.#groups.get(frame.group);
    counts.add("enters", frame.enter?.length ?? 0);
    counts.add("updates", frame.update?.length ?? 0);
    counts.add("leaves", frame.leave?.length ?? 0);
    if (ask === undefined) return;
    if (ask.nested.length > 0) counts.add("updates of nested rows", frame.update?.length ?? 0);
    if (frame.total !== undefined || frame.hasMore !== undefined) counts.add("facts of windows and counts");
    if (ask.limit !== null || ask.resource === "members") return;
    const { table } = resourceSpecs[ask.resource];
    const rows = timeline.at(timeline.last)[table];
    counts.add(
      "leaves of rows that are still there",
      (frame.leave ?? []).filter((key) => rows.has(key)).length,
    );
  }

  #fault(promise: string, what: string, text: string): void {
    this.#stage.fault(`${promise}: line ${this.number} (${nameOf(this.#principal)}) ${what}: ${text}`);
  }
}
