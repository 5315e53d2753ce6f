import type { Clock } from "../core/clock.ts";
import { LivesetError, toLivesetError } from "../core/error/liveset-error.ts";
import type { Down } from "../core/protocol/down.ts";
import { protocolName } from "../core/protocol/name.ts";
import type { Up } from "../core/protocol/up.ts";
import type { Turn } from "../store/turn.ts";
import { type Backoff, pause } from "./backoff.ts";
import { closeError, isRefusal } from "./close-error.ts";
import type { Surroundings } from "./events.ts";
import { type Effect, type Event, initial, type State, step, type Timer } from "./session.ts";
import type { OpenWebSocket, WebSocketLike } from "./web-socket.ts";

/** The token to present, or where to get one; null is none. */
export type TokenSource = string | null | (() => string | null | Promise<string | null>);

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly url: string;
  readonly openSocket: OpenWebSocket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  readonly surroundings: Surroundings;
  readonly turn: Turn;
}

/** Whom a connection serves. All calls come within a turn. */
export interface ConnectionOwner {
  /** Everything that waits may be sent now. */
  ready(): void;
  /** What was sent and not answered will not be answered. */
  interrupted(): void;
  frame(frame: Down): void;
  /** The state is another one. */
  moved(state: State): void;
  ended(): void;
}

type Performers = {
  readonly [T in Effect["type"]]: (effect: Extract<Effect, { readonly type: T }>) => void;
};

/** How long an opening socket, a welcome or a token may take, in ms. */
const handshakeTime = 10_000;
/** How long a sign of life may take after a ping, in ms. */
const pongTime = 5_000;

/** The shell of the session: runs the effects of `step` and turns what happens into events. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #owner: ConnectionOwner;
  readonly #ends: readonly (() => void)[];
  #state: State = initial;
  #socket: WebSocketLike | null = null;
  #cancelTimer: () => void = () => {};
  #token: { readonly source: TokenSource; readonly told: boolean };

  constructor(options: ConnectionOptions, token: TokenSource, owner: ConnectionOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#token = { source: token, told: false };
    this.#ends = [
      options.surroundings.onWake(() => this.dispatch({ type: "wake" })),
      options.surroundings.onDoubt(() => this.dispatch({ type: "doubt" })),
    ];
  }

  get state(): State {
    return this.#state;
  }

  get isReady(): boolean {
    return this.#state.name === "open" || this.#state.name === "probing";
  }

  dispatch(event: Event): void {
    this.#options.turn.run(() => {
      const [state, effects] = step(this.#state, event);
      const moved = state !== this.#state;
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
      if (moved) this.#owner.moved(state);
    });
  }

  /** Presents another token, now or when there is a connection. */
  authenticate(source: TokenSource): void {
    this.#token = { source, told: true };
    this.dispatch({ type: "reauth" });
  }

  /** The token at this moment, as HTTP requests need it. */
  async token(): Promise<string | null> {
    const { source } = this.#token;
    return typeof source === "function" ? source() : source;
  }

  send(frame: Up): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #perform(effect: Effect): void {
    const performers: Performers = {
      open: () => this.#open(),
      drop: () => this.#drop(),
      token: () => this.#askToken(),
      auth: ({ token }) => this.send({ type: "auth", token }),
      ping: () => this.send({ type: "ping" }),
      ready: () => this.#owner.ready(),
      interrupted: () => this.#owner.interrupted(),
      timer: ({ timer }) => this.#setTimer(timer),
      end: () => {
        for (const end of this.#ends) end();
        this.#owner.ended();
      },
    };
    const perform = performers[effect.type] as (effect: Effect) => void;
    perform(effect);
  }

  #open(): void {
    // A new socket has the cookies of this moment; only a token given while it is open must be said to sign out.
    this.#token = { ...this.#token, told: false };
    try {
      this.#listen(this.#options.openSocket(this.#options.url, [protocolName]));
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      this.dispatch({ type: "lost", error: new LivesetError("disconnected", { detail, cause: thrown }) });
    }
  }

  #listen(socket: WebSocketLike): void {
    this.#socket = socket;
    // A socket that was dropped may still speak; it is no longer listened to.
    const heard = (event: Event): void => {
      if (this.#socket === socket) this.dispatch(event);
    };
    socket.addEventListener("open", () => heard({ type: "opened" }));
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code }) => {
      const error = closeError(code);
      heard({ type: isRefusal(error) ? "refused" : "lost", error });
    });
    socket.addEventListener("message", ({ data }) => {
      this.#options.turn.run(() => {
        if (this.#socket === socket) this.#receive(socket, data);
      });
    });
  }

  #receive(socket: WebSocketLike, data: unknown): void {
    let frame: Down;
    try {
      frame = JSON.parse(String(data)) as Down;
    } catch (cause) {
      this.dispatch({ type: "lost", error: new LivesetError("malformed", { cause }) });
      return;
    }
    this.dispatch({ type: "heard" });
    if (frame.type === "welcome") this.dispatch({ type: "welcome", heartbeat: frame.heartbeat });
    if (frame.type === "error" && frame.id === undefined) {
      const error = LivesetError.fromProblem({ ...frame });
      if (isRefusal(error)) this.dispatch({ type: "refused", error });
      else if (this.#state.name === "authorizing") {
        this.dispatch({ type: error.retry ? "lost" : "refused", error });
      }
    }
    this.#options.turn.run(() => {
      if (this.#socket === socket) this.#owner.frame(frame);
    });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close(1000);
    } catch {
      // A socket that cannot be closed is forgotten all the same.
    }
  }

  #askToken(): void {
    const token = this.#token;
    const { source, told } = token;
    const socket = this.#socket;
    const answer = (event: Event): void => {
      // Another socket or another token may have taken its place meanwhile.
      if (this.#socket === socket && this.#token === token) this.dispatch(event);
    };
    if (typeof source !== "function") {
      answer({ type: "token", token: source ?? (told ? "" : null) });
      return;
    }
    this.token().then(
      (text) => answer({ type: "token", token: text ?? (told ? "" : null) }),
      (thrown) => answer({ type: "lost", error: toLivesetError(thrown) }),
    );
  }

  #setTimer(timer: Timer): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    if (timer === "none") return;
    this.#cancelTimer = this.#options.clock.after(this.#delay(timer), () =>
      this.dispatch({ type: "timeout" }),
    );
  }

  #delay(timer: Exclude<Timer, "none">): number {
    if (timer === "handshake") return handshakeTime;
    if (timer === "pong") return pongTime;
    if (timer === "heartbeat") return this.#state.interval;
    return pause(this.#options.backoff, this.#state.attempt - 1, this.#options.random);
  }
}
