import { describe, expect, test } from "vitest";
import { LivesetError } from "../core/error/liveset-error.ts";
import { type Effect, type Event, initial, type Name, type State, step, table } from "./session.ts";

const lost = new LivesetError("disconnected");
const refused = new LivesetError("session_expired");

const events: { readonly [T in Event["type"]]: Extract<Event, { type: T }> } = {
  want: { type: "want" },
  opened: { type: "opened" },
  welcome: { type: "welcome", heartbeat: 20_000 },
  token: { type: "token", token: "secret" },
  heard: { type: "heard" },
  lost: { type: "lost", error: lost },
  refused: { type: "refused", error: refused },
  timeout: { type: "timeout" },
  wake: { type: "wake" },
  doubt: { type: "doubt" },
  retry: { type: "retry" },
  reauth: { type: "reauth" },
  close: { type: "close" },
};

/** The whole behaviour by hand: where each event leads from each state; what is not named stays as it is. */
const expected: { readonly [N in Name]: { readonly [T in Event["type"]]?: Name } } = {
  idle: { want: "connecting", retry: "connecting", close: "closed" },
  connecting: { opened: "greeting", lost: "waiting", refused: "halted", timeout: "waiting", close: "closed" },
  greeting: {
    welcome: "authenticating",
    lost: "waiting",
    refused: "halted",
    timeout: "waiting",
    close: "closed",
  },
  authenticating: {
    token: "authorizing",
    reauth: "authenticating",
    lost: "waiting",
    refused: "halted",
    timeout: "waiting",
    close: "closed",
  },
  authorizing: {
    welcome: "open",
    reauth: "authenticating",
    lost: "waiting",
    refused: "halted",
    timeout: "waiting",
    close: "closed",
  },
  open: {
    timeout: "probing",
    wake: "probing",
    doubt: "probing",
    reauth: "authenticating",
    lost: "waiting",
    refused: "halted",
    close: "closed",
  },
  probing: {
    heard: "open",
    timeout: "waiting",
    reauth: "authenticating",
    lost: "waiting",
    refused: "halted",
    close: "closed",
  },
  waiting: {
    timeout: "connecting",
    wake: "connecting",
    retry: "connecting",
    reauth: "connecting",
    close: "closed",
  },
  halted: { retry: "connecting", reauth: "connecting", close: "closed" },
  closed: {},
};

const names = Object.keys(table) as Name[];
const types = Object.keys(events) as Event["type"][];
const cells = names.flatMap((name) => types.map((type) => [name, type] as const));

function at(name: Name): State {
  return { ...initial, name, attempt: name === "waiting" ? 3 : 0, opened: true, interval: 10_000 };
}

function timerOf(effects: readonly Effect[]): string | undefined {
  return effects.flatMap((effect) => (effect.type === "timer" ? [effect.timer] : [])).at(-1);
}

describe("every state on every event", () => {
  test.each(cells)("%s on %s", (name, type) => {
    const [next, effects] = step(at(name), events[type]);
    expect(next.name).toBe(expected[name][type] ?? name);
    if (expected[name][type] === undefined) {
      expect(effects).toEqual([]);
      expect(next).toEqual(at(name));
    }
  });

  test.each(cells)("%s on %s leaves no timer of another state behind", (name, type) => {
    const [next, effects] = step(at(name), events[type]);
    if (next.name === name && effects.length === 0) return;
    const due = {
      idle: "none",
      connecting: "handshake",
      greeting: "handshake",
      authenticating: "handshake",
      authorizing: "handshake",
      open: "heartbeat",
      probing: "pong",
      waiting: "backoff",
      halted: "none",
      closed: "none",
    } satisfies Record<Name, string>;
    expect(timerOf(effects)).toBe(due[next.name]);
  });

  test.each(cells)("%s on %s drops the socket exactly when it gives it up", (name, type) => {
    const [next, effects] = step(at(name), events[type]);
    const gone = next.name !== name && ["waiting", "halted", "closed"].includes(next.name);
    expect(effects.some((effect) => effect.type === "drop")).toBe(gone);
  });
});

describe("what is remembered", () => {
  test("failed attempts add up and are forgotten when the connection is open", () => {
    let state = at("connecting");
    for (const attempt of [1, 2, 3]) {
      [state] = step(state, events.lost);
      expect(state).toMatchObject({ name: "waiting", attempt, error: lost });
      [state] = step(state, events.timeout);
    }
    [state] = step(state, events.opened);
    [state] = step(state, events.welcome);
    [state] = step(state, { type: "token", token: null });
    expect(state).toMatchObject({ name: "open", attempt: 0, error: null });
  });

  test("without a token nothing is presented and the connection is ready at once", () => {
    const [state, effects] = step(at("authenticating"), { type: "token", token: null });
    expect(state.name).toBe("open");
    expect(effects).toContainEqual({ type: "ready" });
    expect(effects.some((effect) => effect.type === "auth")).toBe(false);
  });

  test("pings come twice within the silence that the server bears", () => {
    const [state] = step(at("greeting"), events.welcome);
    expect(state.interval).toBe(10_000);
  });

  test("a refusal is kept as the reason and ends the attempts", () => {
    const [state] = step(at("open"), events.refused);
    expect(state).toMatchObject({ name: "halted", error: refused, attempt: 0 });
  });

  test("silence is an error with a name", () => {
    const [state] = step(at("probing"), events.timeout);
    expect(state.error?.code).toBe("heartbeat_missed");
  });
});
