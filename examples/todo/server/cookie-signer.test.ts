import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { cookieSigner } from "./cookie-signer.ts";

const signer = cookieSigner(randomBytes(32));

test("a signed value names its user until it expires", () => {
  const value = signer.sign("ada", 1_000);
  expect(signer.verify(value, 999)).toBe("ada");
  expect(signer.verify(value, 1_000)).toBeNull();
});

test("a value of another secret, another user or another time is refused", () => {
  const value = signer.sign("ada", 1_000);
  const [, expires, mac] = value.split(".");
  const ben = Buffer.from("ben").toString("base64url");
  expect(cookieSigner(randomBytes(32)).verify(value, 0)).toBeNull();
  expect(signer.verify(`${ben}.${expires}.${mac}`, 0)).toBeNull();
  expect(signer.verify(value.replace("1000", "9000"), 0)).toBeNull();
});

test.each(["", ".", "..", "ada", "a.b.c.d", "YWRh.1000.", "YWRh.1000.é"])(
  "nonsense like %j is refused",
  (value) => {
    expect(signer.verify(value, 0)).toBeNull();
  },
);
