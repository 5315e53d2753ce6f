import { expect, test } from "vitest";
import { decodePgoutput } from "./pgoutput.ts";

/** Numbers with their size in bytes, and texts as they are. */
function bytes(...parts: readonly (string | readonly [size: 1 | 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") return Buffer.from(part);
      const eight = Buffer.alloc(8);
      eight.writeBigInt64BE(BigInt(part[1]));
      return eight.subarray(8 - part[0]);
    }),
  );
}

const text = (value: string) => ["t", [4, Buffer.byteLength(value)], value] as const;

test("begin and commit give the transaction's id, end and time", () => {
  expect(decodePgoutput(bytes("B", [8, 1], [8, 2], [4, 4_000_000_000]))).toEqual({
    kind: "begin",
    xid: 4_000_000_000,
  });
  expect(decodePgoutput(bytes("C", [1, 0], [8, 1], [8, 123_456_789_012], [8, 1_500_999]))).toEqual({
    kind: "commit",
    end: 123_456_789_012,
    at: 946_684_801_500,
  });
});

test("a relation names its columns and their types", () => {
  const column = (name: string, type: number) => [[1, 0], `${name}\0`, [4, type], [4, 0]] as const;
  expect(
    decodePgoutput(
      bytes("R", [4, 7], "public\0", "t\0", "f", [2, 2], ...column("id", 23), ...column("ä", 25)),
    ),
  ).toEqual({
    kind: "relation",
    oid: 7,
    columns: [
      { name: "id", type: 23 },
      { name: "ä", type: 25 },
    ],
  });
});

test("an insert has the new row", () => {
  expect(decodePgoutput(bytes("I", [4, 7], "N", [2, 3], ...text("1"), "n", ...text("ü🙂")))).toEqual({
    kind: "change",
    oid: 7,
    op: "i",
    before: null,
    after: ["1", null, "ü🙂"],
  });
});

test("an update has both rows where the identity is full; a value that was not sent is undefined", () => {
  const full = bytes("U", [4, 7], "O", [2, 2], ...text("1"), ...text("a"), "N", [2, 2], ...text("2"), "u");
  expect(decodePgoutput(full)).toEqual({
    kind: "change",
    oid: 7,
    op: "u",
    before: ["1", "a"],
    after: ["2", undefined],
  });
  const keyed = bytes("U", [4, 7], "K", [2, 1], ...text("1"), "N", [2, 1], ...text("2"));
  expect(decodePgoutput(keyed)).toMatchObject({ op: "u", before: null, after: ["2"] });
  const bare = bytes("U", [4, 7], "N", [2, 1], ...text("2"));
  expect(decodePgoutput(bare)).toMatchObject({ op: "u", before: null, after: ["2"] });
});

test("a delete has the old row, or none where only its key was sent", () => {
  const row = [[2, 1], ...text("1")] as const;
  expect(decodePgoutput(bytes("D", [4, 7], "O", ...row))).toMatchObject({
    op: "d",
    before: ["1"],
    after: null,
  });
  expect(decodePgoutput(bytes("D", [4, 7], "K", ...row))).toMatchObject({ op: "d", before: null });
});

test("truncate names its tables, a message has prefix and content, and what is not known is other", () => {
  expect(decodePgoutput(bytes("T", [4, 2], [1, 0], [4, 7], [4, 8]))).toEqual({
    kind: "truncate",
    oids: [7, 8],
  });
  expect(decodePgoutput(bytes("M", [1, 1], [8, 5], "liveset\0", [4, 3], "m-1"))).toEqual({
    kind: "message",
    prefix: "liveset",
    content: "m-1",
  });
  expect(decodePgoutput(bytes("O", [8, 1], "x\0"))).toEqual({ kind: "other" });
});

test("bytes that end too early are refused", () => {
  expect(() => decodePgoutput(bytes("I", [4, 7], "N", [2, 1], "t", [4, 9], "abc"))).toThrow(RangeError);
  expect(() => decodePgoutput(bytes("B", [8, 1]))).toThrow(RangeError);
  expect(() => decodePgoutput(bytes("I", [4, 7], "N", [2, 1], "b", [4, 1], "1"))).toThrow(
    '"b", which is not text',
  );
});
