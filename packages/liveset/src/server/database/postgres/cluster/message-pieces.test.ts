import { expect, test } from "vitest";
import { cutMessage, MessageJoiner } from "./message-pieces.ts";

const joined = (payloads: readonly string[], joiner = new MessageJoiner()) =>
  payloads.map((payload) => joiner.add(payload)).filter((message) => message !== null);

test("a message comes out as it went in, however long, and each piece fits into a notification", () => {
  for (const message of ["", "short", "1/2:x", "😀".repeat(10_000), "é\n".repeat(5_000)]) {
    const pieces = cutMessage(message);
    expect(joined(pieces)).toEqual([message]);
    expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThan(8_000);
  }
  expect(cutMessage("short")).toHaveLength(1);
});

test("what is none of ours, or lacks its beginning, is passed over, and harms no message after it", () => {
  const joiner = new MessageJoiner();
  const [first = "", second = ""] = cutMessage("x".repeat(3_000));
  expect(joined(["", "nonsense", second, first, ...cutMessage("whole"), second], joiner)).toEqual(["whole"]);
  expect(joined([first, second], joiner)).toEqual(["x".repeat(3_000)]);
});
