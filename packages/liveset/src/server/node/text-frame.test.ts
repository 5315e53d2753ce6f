import { expect, test } from "vitest";
import { textFrame } from "./text-frame.ts";

test("a frame is the one of RFC 6455 for an unmasked text", () => {
  expect(textFrame("Hello")).toEqual(Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]));
  expect(textFrame("")).toEqual(Buffer.from([0x81, 0x00]));
});

test.each([
  [125, [0x81, 125]],
  [126, [0x81, 126, 0, 126]],
  [65_535, [0x81, 126, 0xff, 0xff]],
  [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])("a text of %i bytes says its length in as few bytes as may be", (length, header) => {
  const frame = textFrame("x".repeat(length));
  expect([...frame.subarray(0, header.length)]).toEqual(header);
  expect(frame.subarray(header.length).toString()).toBe("x".repeat(length));
});

test("the length is that of the bytes, not of the characters", () => {
  expect(textFrame("ü€😀").subarray(0, 2)).toEqual(Buffer.from([0x81, 2 + 3 + 4]));
  // What is no text (half of a pair) is replaced, as everywhere where a string becomes bytes.
  expect(textFrame("a\ud83d").subarray(2).toString()).toBe("a\ufffd");
});
