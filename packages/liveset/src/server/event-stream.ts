import type { Socket } from "./socket.ts";

/** A stream of Server-Sent Events, as a socket that only sends. */
export interface EventStream {
  readonly socket: Socket;
  readonly response: Response;
}

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // A proxy that collects what it passes on would keep events back.
  "x-accel-buffering": "no",
};

/**
 * Opens a stream of events. What is sent to its socket must be whole events. It ends when the socket is closed, with an event `end`
 * that has the close code; and when the reader goes away or `signal` aborts: then the socket says `close`.
 *
 * @param retry ms after which a browser connects again
 */
export function openEventStream(signal: AbortSignal, retry: number): EventStream {
  const encoder = new TextEncoder();
  const listeners = { close: new Set<() => void>(), pong: new Set<() => void>() };
  const reading: (() => void)[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const buffered = (): number => Math.max(0, -(controller?.desiredSize ?? 0));
  const read = (): void => {
    for (const resolve of reading.splice(0)) resolve();
  };
  const over = (): void => {
    if (controller === null) return;
    controller = null;
    signal.removeEventListener("abort", abort);
    read();
    for (const listener of listeners.close) listener();
  };
  const abort = (): void => {
    controller?.close();
    over();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
      },
      // Asked for more, it has nothing left.
      pull: read,
      cancel: over,
    },
    { highWaterMark: 0, size: (chunk) => chunk?.byteLength ?? 0 },
  );
  const send = (data: string): void => controller?.enqueue(encoder.encode(data));
  const drained = (): Promise<void> | null =>
    buffered() === 0 ? null : new Promise((resolve) => reading.push(resolve));
  const socket: Socket = {
    protocol: "",
    get bufferedAmount() {
      return buffered();
    },
    send,
    drained,
    ping() {
      const alive = (): void => {
        if (controller !== null) for (const listener of listeners.pong) listener();
      };
      void (drained() ?? Promise.resolve()).then(alive);
    },
    close(code = 1000, reason = "") {
      const open = controller;
      if (open === null) return;
      send(`event: end\ndata: ${JSON.stringify({ code, reason })}\n\n`);
      open.close();
      over();
    },
    addEventListener(type: string, listener: (event: { readonly data: unknown }) => void) {
      if (type === "close" || type === "pong") listeners[type].add(listener as () => void);
    },
  };
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  send(`retry: ${retry}\n\n`);
  return { socket, response: new Response(body, { headers }) };
}
