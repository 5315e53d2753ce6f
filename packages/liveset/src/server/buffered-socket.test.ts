import { expect, test } from "vitest";
import { bufferSocket } from "./buffered-socket.ts";
import type { Socket } from "./socket.ts";

function fakeSocket(): { socket: Socket; receive(data: string): void; hangUp(): void; closes: unknown[] } {
  const listeners: ((event: { data: unknown }) => void)[] = [];
  const ends: (() => void)[] = [];
  const closes: unknown[] = [];
  const socket: Socket = {
    protocol: "p",
    bufferedAmount: 5,
    send: () => {},
    close: (...args) => void closes.push(args),
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
      if (type === "message") listeners.push(listener);
      else if (type === "close") ends.push(listener as () => void);
    },
  };
  return {
    socket,
    closes,
    receive: (data) => listeners.forEach((listener) => void listener({ data })),
    hangUp: () => ends.forEach((end) => void end()),
  };
}

test("messages that came before anybody listened are given in order, with those after", async () => {
  const { socket, receive } = fakeSocket();
  const buffered = bufferSocket(socket, 100);
  receive("a");
  receive("b");
  const heard: unknown[] = [];
  buffered.socket.addEventListener("message", ({ data }) => void heard.push(data));
  receive("c");
  expect(heard).toEqual([]);
  await Promise.resolve();
  receive("d");
  expect(heard).toEqual(["a", "b", "c", "d"]);
});

test("what is kept is bounded", () => {
  const { socket, receive, closes } = fakeSocket();
  bufferSocket(socket, 3);
  receive("abc");
  expect(closes).toEqual([]);
  receive("d");
  expect(closes).toEqual([[1009, "too_large"]]);
});

test("a socket that closed meanwhile says so, and gives nothing", async () => {
  const { socket, receive, hangUp } = fakeSocket();
  const buffered = bufferSocket(socket, 100);
  expect(buffered.closed()).toBe(false);
  hangUp();
  receive("late");
  expect(buffered.closed()).toBe(true);
});

test("everything else is the socket's own", () => {
  const buffered = bufferSocket(fakeSocket().socket, 1).socket;
  expect([buffered.protocol, buffered.bufferedAmount]).toEqual(["p", 5]);
});
