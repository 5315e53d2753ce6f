/** What the client needs of a WebSocket: the subset that browsers, Node, `ws`, Deno and Bun share. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
}

/** Opens a WebSocket. */
export type OpenWebSocket = (url: string, protocols: readonly string[]) => WebSocketLike;
