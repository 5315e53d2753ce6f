/** The kinds of server that `server.ts` runs. */
export type ServerKind = "liveset" | "bare" | "socket.io";

/** What `server.ts` is told to do. */
export type Command =
  /**
   * Changes so many tasks in one turn, 1 and then every so manieth (100: all of list 1, 1: of all lists); the others send as
   * many times what `frames` gave them. No answer.
   */
  | { readonly do: "change"; readonly times: number; readonly every: number }
  | { readonly do: "frames"; readonly frames: readonly string[] }
  /** Answered by a `Reading`, after a garbage collection where `collect` says so. */
  | { readonly do: "read"; readonly collect: boolean };

/** What `server.ts` says of itself. */
export interface Reading {
  /** Bytes: of the JavaScript heap, of buffers beside it, and of the process. */
  readonly heap: number;
  readonly external: number;
  readonly process: number;
  /** ms of CPU since it began. */
  readonly cpu: number;
  /** The longest block of its event loop since the last reading, in ms. */
  readonly block: number;
}
