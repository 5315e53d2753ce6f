import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { inspectTable } from "../../../table/inspect-table.ts";
import type { DatabaseTable } from "../capture.ts";
import { StreamBroken, WalAssembler } from "./wal-assembler.ts";

const items = pgTable("items", { id: integer().primaryKey(), body: text() });
const columns = [
  { name: "id", type: 23, typeName: "int4" },
  { name: "body", type: 25, typeName: "text" },
];
const table: DatabaseTable = { info: inspectTable(items), schema: "public", name: "items", oid: 7, columns };

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

const value = (written: string) => ["t", [4, Buffer.byteLength(written)], written] as const;
const begin = bytes("B", [8, 1], [8, 2], [4, 9]);
const commit = bytes("C", [1, 0], [8, 1], [8, 100], [8, 0]);
const column = (name: string, type: number) => [[1, 0], `${name}\0`, [4, type], [4, 0]] as const;
const relation = bytes(
  "R",
  [4, 7],
  "public\0",
  "items\0",
  "f",
  [2, 2],
  ...column("id", 23),
  ...column("body", 25),
);
const insert = (id: number, body: string) =>
  bytes("I", [4, 7], "N", [2, 2], ...value(String(id)), ...value(body));

/** Takes a transaction of rows with these bodies. */
function take(assembler: WalAssembler, ...bodies: readonly string[]): number {
  assembler.take(begin);
  bodies.forEach((body, id) => {
    assembler.take(insert(id, body));
  });
  return assembler.take(commit)?.rows.length ?? -1;
}

test("P8: a transaction of more rows or more text than memory takes breaks the stream; bounds count for each alone", () => {
  const assembler = new WalAssembler([table], { rows: 3, bytes: 60 });
  assembler.take(relation);
  for (let i = 0; i < 5; i++) expect(take(assembler, "a", "b", "c")).toBe(3);
  expect(() => take(assembler, "a", "b", "c", "d")).toThrow(StreamBroken);
  expect(() => take(assembler, "x".repeat(60))).toThrow("more than 3 rows, or than 60 characters");
  expect(take(assembler, "x".repeat(30))).toBe(1);
});
