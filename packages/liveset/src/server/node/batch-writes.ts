import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Socket } from "../socket.ts";
import { textFrame } from "./text-frame.ts";

type SocketEventType = "message" | "close" | "error" | "pong";

/** Makes sockets of those of `ws`. */
export type BatchWrites = (socket: WebSocket, duplex: Duplex) => Socket;

/**
 * Makes sockets that hand all frames of one turn of the event loop to the network as one write: a transaction is at least two
 * frames for each subscriber, and the system call, not the frame, is what sending costs. They share what they encode: a text that
 * one after the other is sent becomes a frame once.
 *
 * What is sent goes to the connection (`duplex`) at once, in order with what `ws` itself writes there, and counts in `bufferedAmount`.
 * Where an extension would have to change the frame it is left to `ws`.
 */
export function batchWrites(): BatchWrites {
  const frameOf = lastFrame();
  return (socket, duplex) => {
    let corked = false;
    const uncork = (): void => {
      corked = false;
      duplex.uncork();
    };
    const cork = (): void => {
      if (corked) return;
      corked = true;
      duplex.cork();
      process.nextTick(uncork);
    };
    return {
      get protocol() {
        return socket.protocol;
      },
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      send: (text) => {
        cork();
        if (socket.readyState === socket.OPEN && socket.extensions === "") duplex.write(frameOf(text));
        else socket.send(text);
      },
      drained: () => (duplex.writableNeedDrain ? drained(duplex) : null),
      ping: () => {
        if (socket.readyState === socket.OPEN) socket.ping();
      },
      close: (code, reason) => socket.close(code, reason),
      addEventListener: (type: SocketEventType, listener: (event: { data: unknown }) => void) => {
        if (type === "pong") socket.on("pong", listener);
        else socket.addEventListener(type as "message", listener);
      },
    };
  };
}

/** The frame of a text; the last one is kept until the turn of the event loop ends, for the next socket that is sent the same. */
function lastFrame(): (text: string) => Buffer {
  let last: { readonly text: string; readonly frame: Buffer } | null = null;
  const forget = (): void => {
    last = null;
  };
  return (text) => {
    if (last?.text === text) return last.frame;
    if (last === null) process.nextTick(forget);
    last = { text, frame: textFrame(text) };
    return last.frame;
  };
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      duplex.off("drain", done);
      duplex.off("close", done);
      resolve();
    };
    duplex.on("drain", done);
    duplex.on("close", done);
  });
}
