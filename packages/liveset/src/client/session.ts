import { LivesetError } from "../core/error/liveset-error.ts";

/*
 *            want              opened               welcome                token
 *   idle ─────────▶ connecting ──────▶ greeting ──────────▶ authenticating ──────▶ authorizing
 *                    ▲   │ lost, timeout   │ lost, timeout        │ (no token)         │ welcome
 *        timeout,    │   ▼                 ▼                      ▼                    ▼
 *        wake        └─ waiting ◀───── from everywhere ◀──────── open ◀──────────────  +
 *                                        lost                   ▲  │ timeout, wake, doubt
 *   halted ◀── refused, from everywhere;                  heard │  ▼
 *     retry, reauth lead back to connecting                    probing ── timeout ─▶ waiting
 */

/** Where a connection stands. `open` and `probing` carry requests; `probing` waits for a sign of life. */
export type Name =
  | "idle"
  | "connecting"
  | "greeting"
  | "authenticating"
  | "authorizing"
  | "open"
  | "probing"
  | "waiting"
  | "halted"
  | "closed";

export interface State {
  readonly name: Name;
  /** Attempts that failed since the connection was last open. */
  readonly attempt: number;
  /** Whether the connection was ever open. */
  readonly opened: boolean;
  /** Ms between two pings. */
  readonly interval: number;
  /** Why the connection was lost; null when it is open or never was. */
  readonly error: LivesetError | null;
}

export type Event =
  /** Somebody needs the connection. */
  | { readonly type: "want" }
  | { readonly type: "opened" }
  | { readonly type: "welcome"; readonly heartbeat: number }
  /** The token to present; null is none. */
  | { readonly type: "token"; readonly token: string | null }
  /** A frame came. */
  | { readonly type: "heard" }
  /** The socket closed, or the token could not be had. */
  | { readonly type: "lost"; readonly error: LivesetError }
  /** The server will not have this client, so trying again is useless. */
  | { readonly type: "refused"; readonly error: LivesetError }
  /** The state's own timer ended. */
  | { readonly type: "timeout" }
  /** The network is back, or the page is looked at again. */
  | { readonly type: "wake" }
  /** The machine says that the network is gone; it may be wrong. */
  | { readonly type: "doubt" }
  /** The user asks to try again. */
  | { readonly type: "retry" }
  /** There is another token. */
  | { readonly type: "reauth" }
  | { readonly type: "close" };

/** The one timer of a state: setting it replaces the one before. */
export type Timer = "none" | "handshake" | "heartbeat" | "pong" | "backoff";

export type Effect =
  /** Opens a socket. */
  | { readonly type: "open" }
  /** Closes the socket and forgets it: nothing it says later is heard. */
  | { readonly type: "drop" }
  /** Asks the user's code for the token; answered by `token` or `lost`. */
  | { readonly type: "token" }
  | { readonly type: "auth"; readonly token: string }
  | { readonly type: "ping" }
  /** Everything that waits may be sent. */
  | { readonly type: "ready" }
  /** What was sent on the socket will not be answered. */
  | { readonly type: "interrupted" }
  | { readonly type: "timer"; readonly timer: Timer }
  /** Everything is settled, for ever. */
  | { readonly type: "end" };

export type Step = readonly [State, readonly Effect[]];
type Cell<T extends Event["type"]> = (state: State, event: Extract<Event, { readonly type: T }>) => Step;
/** What every state does on every event. A missing cell does not compile. */
export type Table = { readonly [N in Name]: { readonly [T in Event["type"]]: Cell<T> } };

export const initial: State = { name: "idle", attempt: 0, opened: false, interval: 0, error: null };

const timer = (name: Timer): Effect => ({ type: "timer", timer: name });
const drop: Effect = { type: "drop" };
const interrupted: Effect = { type: "interrupted" };

const stay = (state: State): Step => [state, []];

const connect = (state: State): Step => [
  { ...state, name: "connecting" },
  [{ type: "open" }, timer("handshake")],
];

const greet = (state: State): Step => [{ ...state, name: "greeting" }, [timer("handshake")]];

const authenticate: Cell<"welcome"> = (state, { heartbeat }) => [
  { ...state, name: "authenticating", interval: heartbeat / 2 },
  [timer("handshake"), { type: "token" }],
];

const open = (state: State): Step => [
  { ...state, name: "open", attempt: 0, opened: true, error: null },
  [timer("heartbeat"), { type: "ready" }],
];

/** Nobody to be: as the server already takes this connection for nobody, or for the cookie's owner, nothing is sent. */
const authorize: Cell<"token"> = (state, { token }) =>
  token === null
    ? open(state)
    : [{ ...state, name: "authorizing" }, [{ type: "auth", token }, timer("handshake")]];

const reauthenticate = (state: State): Step => [
  { ...state, name: "authenticating" },
  [timer("handshake"), { type: "token" }],
];

const probe = (state: State): Step => [{ ...state, name: "probing" }, [{ type: "ping" }, timer("pong")]];

const alive = (state: State): Step => [{ ...state, name: "open" }, [timer("heartbeat")]];

const wait = (state: State, error: LivesetError): Step => [
  { ...state, name: "waiting", attempt: state.attempt + 1, error },
  [drop, timer("backoff"), interrupted],
];

const lose: Cell<"lost"> = (state, { error }) => wait(state, error);
const silent = (state: State): Step => wait(state, new LivesetError("heartbeat_missed"));

const halt: Cell<"refused"> = (state, { error }) => [
  { ...state, name: "halted", attempt: 0, error },
  [drop, timer("none"), interrupted],
];

const end = (state: State): Step => [
  { ...state, name: "closed", error: null },
  [drop, timer("none"), { type: "end" }],
];

/** While a socket is there but not usable, only its own events count. */
const shaking: { readonly [T in Event["type"]]: Cell<T> } = {
  want: stay,
  opened: stay,
  welcome: stay,
  token: stay,
  heard: stay,
  lost: lose,
  refused: halt,
  timeout: silent,
  wake: stay,
  doubt: stay,
  retry: stay,
  reauth: stay,
  close: end,
};

const deaf: { readonly [T in Event["type"]]: Cell<T> } = {
  ...shaking,
  lost: stay,
  refused: stay,
  timeout: stay,
};

const carrying: { readonly [T in Event["type"]]: Cell<T> } = {
  ...shaking,
  wake: probe,
  doubt: probe,
  reauth: reauthenticate,
};

export const table: Table = {
  idle: { ...deaf, want: connect, retry: connect },
  connecting: { ...shaking, opened: greet },
  greeting: { ...shaking, welcome: authenticate },
  authenticating: { ...shaking, token: authorize, reauth: reauthenticate },
  authorizing: { ...shaking, welcome: open, reauth: reauthenticate },
  open: { ...carrying, timeout: probe },
  probing: { ...carrying, heard: alive, wake: stay, doubt: stay },
  waiting: { ...deaf, timeout: connect, wake: connect, retry: connect, reauth: connect },
  halted: { ...deaf, retry: connect, reauth: connect },
  closed: { ...deaf, close: stay },
};

/** What a connection becomes by an event, and what is to be done. Pure; the whole behaviour over time is `table`. */
export function step(state: State, event: Event): Step {
  const cell = table[state.name][event.type] as (state: State, event: Event) => Step;
  return cell(state, event);
}
