import { codes } from "../core/error/codes.ts";
import type { Socket } from "./socket.ts";

type Message = { readonly data: unknown };

/**
 * A socket whose messages are kept from now on until somebody listens, so that none is lost while the principal is
 * being found; they are then given in order, in a microtask. A client that sends more than the bound meanwhile is closed.
 *
 * @param bound characters kept at most
 */
export function bufferSocket(
  socket: Socket,
  bound: number,
): { readonly socket: Socket; readonly closed: () => boolean } {
  let waiting: Message[] | null = [];
  let kept = 0;
  let closed = false;
  const listeners: ((event: Message) => void)[] = [];
  const deliver = (event: Message): void => {
    for (const listener of listeners) listener(event);
  };
  socket.addEventListener("message", (event) => {
    if (closed) return;
    if (waiting === null) return deliver(event);
    kept += typeof event.data === "string" ? event.data.length : bound;
    if (kept > bound) socket.close(codes.too_large.close, "too_large");
    else waiting.push(event);
  });
  socket.addEventListener("close", () => {
    closed = true;
  });
  const flush = (): void => {
    const messages = waiting ?? [];
    waiting = null;
    for (const message of messages) deliver(message);
  };
  const addEventListener = (
    type: "message" | "close" | "error" | "pong",
    listener: (event: Message) => void,
  ): void => {
    if (type !== "message") return socket.addEventListener(type, listener as () => void);
    listeners.push(listener);
    if (listeners.length === 1) queueMicrotask(flush);
  };
  return { socket: forward(socket, addEventListener), closed: () => closed };
}

function forward(socket: Socket, addEventListener: Socket["addEventListener"]): Socket {
  return {
    addEventListener,
    get protocol() {
      return socket.protocol;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (data) => socket.send(data),
    drained: () => socket.drained?.() ?? null,
    ...(socket.ping === undefined ? {} : { ping: () => socket.ping?.() }),
    close: (code, reason) => socket.close(code, reason),
  };
}
