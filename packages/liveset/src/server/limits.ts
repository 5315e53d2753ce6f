/** Bounds that protect a server. Each is an option; exceeding one is a named error. */
export interface Limits {
  /** Bytes of one frame from a client, also after decompression. */
  readonly frameBytes: number;
  /** Bytes of a REST request's body. */
  readonly bodyBytes: number;
  /** Open subscriptions of one connection. */
  readonly subscriptions: number;
  /** Levels of AND, OR, NOT in a filter. */
  readonly filterDepth: number;
  /** Comparisons in a filter. */
  readonly filterConditions: number;
  /** Values of one `in`. */
  readonly inValues: number;
  /** Rows of one page, whatever a resource says. */
  readonly pageSize: number;
  /** Rows of one live list. */
  readonly liveRows: number;
  /** Frames a connection may send at once, and how many more each second: a token bucket. */
  readonly burst: number;
  readonly framesPerSecond: number;
  /** Requests of one connection under way at the same time; further ones wait unread until one ends. */
  readonly requestsInFlight: number;
  /** Operations of one batch. */
  readonly batchOperations: number;
  /** Bytes of changes that may wait for a slow reader; beyond them its largest live list is reset, and sent anew when it has read the rest. */
  readonly waitingBytes: number;
  /** Bytes that may wait for a slow reader in all, its socket's buffer included, before it is closed with 4408. */
  readonly bufferedBytes: number;
  /**
   * Rows changed that may wait while the database is asked what they mean to live lists; beyond them these lists are reset. So many are
   * also kept decoded for clients that come back together; beyond them the log is read for each of these.
   */
  readonly waitingChanges: number;
  /** How long one call of the user's own code may take, such as a scope, a hook or an action, and how long a write, in ms. */
  readonly operationTime: number;
  /** The longest silence of a client, in ms. */
  readonly heartbeat: number;
}

/** The defaults. */
export const defaultLimits: Limits = {
  frameBytes: 64 * 1024,
  bodyBytes: 1024 * 1024,
  subscriptions: 128,
  filterDepth: 8,
  filterConditions: 64,
  inValues: 256,
  pageSize: 1000,
  liveRows: 10_000,
  burst: 200,
  framesPerSecond: 100,
  requestsInFlight: 32,
  batchOperations: 100,
  waitingBytes: 1024 * 1024,
  bufferedBytes: 8 * 1024 * 1024,
  waitingChanges: 100_000,
  operationTime: 30_000,
  heartbeat: 25_000,
};
