import type { Client } from "../client/client.ts";
import type { ClientOptions } from "../client/client-options.ts";
import { createClient } from "../client/create-client.ts";
import type { WebSocketLike } from "../client/web-socket.ts";
import type { ApiTypes } from "../core/api-types.ts";
import type { WireRow } from "../core/json.ts";
import type { Down } from "../core/protocol/down.ts";
import type { Subscribe } from "../core/protocol/subscribe.ts";
import type { Subscribed } from "../core/protocol/subscribed.ts";
import type { Up } from "../core/protocol/up.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** The server's end of a socket, in a test's hands. */
export class FakeSocket implements WebSocketLike {
  readonly sent: Up[] = [];
  /** Ids that were answered with an error. */
  readonly refused: string[] = [];
  closedWith: number | null = null;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  send(data: string): void {
    if (this.closedWith !== null) throw new Error("The socket is closed.");
    this.sent.push(JSON.parse(data) as Up);
  }

  close(code = 1005): void {
    this.closedWith ??= code;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** The connection is made and the server greets. */
  greet(heartbeat = 20_000): void {
    this.#emit("open", undefined);
    this.welcome(heartbeat);
  }

  welcome(heartbeat = 20_000): void {
    this.say({ type: "welcome", session: "1", epoch: "e", cursor: "0", heartbeat });
  }

  say(...frames: Down[]): void {
    for (const frame of frames)
      if (frame.type === "error" && frame.id !== undefined) this.refused.push(frame.id);
    for (const frame of frames) this.#emit("message", { data: JSON.stringify(frame) });
  }

  garble(): void {
    this.#emit("message", { data: "{" });
  }

  /** The connection is gone. */
  cut(code = 1006): void {
    this.#emit("close", { code });
  }

  /** Answers the last subscribe with a snapshot. */
  snapshot(rows: readonly WireRow[], parts: Partial<Subscribed> = {}): void {
    this.say({ ...subscribedTo(this.last("subscribe")), rows, ...parts });
  }

  /** Answers the last subscribe: it goes on from where it left off. */
  resume(): void {
    this.say({ ...subscribedTo(this.last("subscribe")), resumed: true });
  }

  last<T extends Up["type"]>(type: T): Extract<Up, { type: T }> {
    const frame = this.all(type).at(-1);
    if (frame === undefined) throw new Error(`No ${type} was sent.`);
    return frame;
  }

  all<T extends Up["type"]>(type: T): Extract<Up, { type: T }>[] {
    return this.sent.filter((frame): frame is Extract<Up, { type: T }> => frame.type === type);
  }

  #emit(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

/** A `subscribed` for a list by `id`. */
export function subscribedTo(frame: Subscribe): Subscribed {
  const direction = (frame.query?.orderBy?.id as "asc" | "desc" | undefined) ?? "asc";
  return {
    type: "subscribed",
    id: frame.id,
    group: 1,
    cursor: "1",
    plan: "plan",
    keys: ["id"],
    order: [{ column: "id", direction, kind: "integer" }],
    resumed: false,
  };
}

/** A client over fake sockets and virtual time. */
export interface FakeNetwork<A extends ApiTypes = ApiTypes> {
  readonly client: Client<A>;
  readonly clock: VirtualClock;
  readonly sockets: readonly FakeSocket[];
  /** The newest socket. */
  readonly socket: FakeSocket;
  wake(): void;
  doubt(): void;
}

/** A client whose server is a test. */
export function fakeNetwork<A extends ApiTypes = ApiTypes>(options: ClientOptions = {}): FakeNetwork<A> {
  const clock = new VirtualClock();
  const sockets: FakeSocket[] = [];
  let wake = (): void => {};
  let doubt = (): void => {};
  const client = createClient<A>("ws://host/ws/", {
    clock,
    random: () => 0.5,
    webSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    events: {
      onWake: (callback) => {
        wake = callback;
        return () => {};
      },
      onDoubt: (callback) => {
        doubt = callback;
        return () => {};
      },
    },
    ...options,
  });
  return {
    client,
    clock,
    sockets,
    get socket() {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error("No socket was opened.");
      return socket;
    },
    wake: () => wake(),
    doubt: () => doubt(),
  };
}
