import type { Connection } from "./live-handle.ts";
import type { State } from "./session.ts";

/**
 * What people are told of a connection. Attempts after a loss stay `offline` until a server answers, so that the word does
 * not flicker with every attempt.
 */
export function link(state: State): Connection {
  switch (state.name) {
    case "idle":
    case "closed":
      return "paused";
    case "connecting":
      return state.attempt > 0 || state.opened ? "offline" : "connecting";
    case "greeting":
    case "authenticating":
    case "authorizing":
      return state.opened ? "catching-up" : "connecting";
    case "open":
    case "probing":
      return "live";
    case "waiting":
    case "halted":
      return "offline";
    default:
      return state.name satisfies never;
  }
}
