import { describe, expect, test } from "vitest";
import { LivesetError } from "../error/liveset-error.ts";
import type { ColumnKind } from "./column-kind.ts";
import { parseOperand } from "./operand.ts";

const parse = (kind: ColumnKind, value: unknown) =>
  parseOperand({ name: "it", kind, nullable: true }, value, ["where", "it"]);

function refusal(kind: ColumnKind, value: unknown): string {
  try {
    return `accepted as ${JSON.stringify(parse(kind, value))}`;
  } catch (fault) {
    if (!(fault instanceof LivesetError)) throw fault;
    expect(fault.code).toBe("invalid");
    expect(fault.errors?.[0]?.path).toEqual(["where", "it"]);
    expect(fault.detail).toContain("it");
    return fault.errors?.[0]?.code ?? "";
  }
}

describe("an operand has one form for each value", () => {
  test.each<[ColumnKind, unknown, unknown]>([
    ["text", "1", "1"],
    ["text", "😀\0", "😀\0"],
    ["integer", -0, 0],
    ["integer", 2 ** 53 - 1, 2 ** 53 - 1],
    ["integer", "9007199254740992", "9007199254740992"],
    ["integer", "-9223372036854775808", "-9223372036854775808"],
    ["real", 1e300, 1e300],
    ["real", -0, 0],
    ["boolean", false, false],
    ["bigint", "-007", "-7"],
    ["bigint", "-0", "0"],
    ["bigint", 12n, "12"],
    ["date", "2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["date", "2024-02-29T23:30-01:00", "2024-03-01T00:30:00.000Z"],
    ["date", "2024-02-29T10:00:00.1234567Z", "2024-02-29T10:00:00.123Z"],
    ["date", "0050-01-01", "0050-01-01T00:00:00.000Z"],
    ["date", "+010000-01-01", "+010000-01-01T00:00:00.000Z"],
    ["date", "-000001-12-31", "-000001-12-31T00:00:00.000Z"],
    ["date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["blob", "AAE=", "AAE="],
    ["blob", "", ""],
    ["blob", new Uint8Array([0, 1, 255]), "AAH/"],
  ])("%s %o", (kind, value, operand) => {
    expect(Object.is(parse(kind, value), operand)).toBe(true);
  });
});

describe("an operand of another kind is refused and named by its path", () => {
  test.each<[ColumnKind, unknown, string]>([
    ["text", 1, "invalid_type"],
    ["text", null, "invalid_type"],
    ["text", undefined, "invalid_type"],
    ["text", ["a"], "invalid_type"],
    ["text", "\ud83d", "invalid_value"],
    ["integer", "1", "invalid_type"],
    ["integer", 1.5, "invalid_value"],
    ["integer", 2 ** 53, "invalid_value"],
    ["integer", "9007199254740991", "invalid_type"],
    ["integer", "9223372036854775808", "invalid_type"],
    ["integer", Number.NaN, "invalid_value"],
    ["real", Number.POSITIVE_INFINITY, "invalid_value"],
    ["real", "0.5", "invalid_type"],
    ["boolean", 1, "invalid_type"],
    ["boolean", "true", "invalid_type"],
    ["bigint", 1, "invalid_type"],
    ["bigint", "1.5", "invalid_value"],
    ["bigint", "", "invalid_value"],
    ["bigint", "0x10", "invalid_value"],
    ["date", "2024-02-30", "invalid_value"],
    ["date", "2023-02-29", "invalid_value"],
    ["date", "2024-13-01", "invalid_value"],
    ["date", "2024-00-01", "invalid_value"],
    ["date", "2024-01-01T24:00Z", "invalid_value"],
    ["date", "2024-01-01T10:60Z", "invalid_value"],
    ["date", "2024-01-01T10:00:60Z", "invalid_value"],
    ["date", "2024-01-01T10:00:00", "invalid_value"],
    ["date", "2024-01-01T10:00+24:00", "invalid_value"],
    ["date", "-000000-01-01", "invalid_value"],
    ["date", "+275760-09-14", "invalid_value"],
    ["date", "yesterday", "invalid_value"],
    ["date", 0, "invalid_type"],
    ["date", new Date(Number.NaN), "invalid_value"],
    ["blob", "AAE", "invalid_value"],
    ["blob", "AAF=", "invalid_value"],
    ["blob", "AA-_", "invalid_value"],
    ["blob", [0], "invalid_type"],
    ["json", {}, "invalid_type"],
    ["opaque", "a", "invalid_type"],
  ])("%s %o: %s", (kind, value, code) => {
    expect(refusal(kind, value)).toBe(code);
  });
});
