import { afterEach, expect, test, vi } from "vitest";
import { mutationId } from "./mutation-id.ts";

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

afterEach(() => void vi.unstubAllGlobals());

test("a mutation id is a UUID, also where the browser offers none", () => {
  expect(mutationId()).toMatch(uuid);
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  const made = Array.from({ length: 50 }, mutationId);
  for (const id of made) expect(id).toMatch(uuid);
  expect(new Set(made).size).toBe(50);
});
