import type { Weights } from "./plan.fixture.ts";

/** A bit of everything. */
const base: Weights = {
  write: 10,
  subscribe: 4,
  unsubscribe: 1,
  grow: 2,
  request: 3,
  repeat: 1,
  rest: 1,
  cut: 1,
  connect: 2,
  hold: 1,
  release: 1,
  restart: 1,
  become: 1,
  flip: 1,
  break: 1,
  revoke: 1,
  wait: 1,
  prune: 1,
  settle: 3,
  turn: 4,
};

/** What histories dwell on. */
export const weights = {
  /** Lists, windows, nested rows; few faults. */
  lists: { ...base, write: 24, subscribe: 8, grow: 4, settle: 6, turn: 8 },
  /** Who may see what. */
  rights: { ...base, become: 6, flip: 8, break: 2, revoke: 2, wait: 4, connect: 4 },
  /** Broken lines and servers. */
  faults: { ...base, request: 8, repeat: 3, cut: 8, connect: 10, restart: 3, prune: 2, break: 0 },
  /** Clients that read slowly. */
  slow: { ...base, write: 30, request: 6, hold: 12, release: 3, connect: 4, restart: 0, turn: 8 },
} as const satisfies Readonly<Record<string, Weights>>;
