/** What `accept` needs of a WebSocket: the standard interface's subset that browsers, `ws`, Deno and Bun share. */
export interface Socket {
  readonly protocol: string;
  readonly bufferedAmount: number;
  send(data: string): void;
  /**
   * Resolves when nothing is in the buffer any more, or the socket has closed; null where it cannot tell this time. A socket
   * without it is looked at from time to time.
   */
  drained?(): Promise<void> | null;
  /** Asks the peer's transport for a sign of life, answered by the event `pong`. A socket without it is not asked. */
  ping?(): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error" | "pong", listener: () => void): void;
}
