import { expect, test } from "vitest";
import { entityTags } from "./entity-tags.ts";

test("weak tags count for If-None-Match and never for If-Match", () => {
  const header = '"a", W/"b" ,"c,d"';
  expect(entityTags(header, true)).toEqual(["a", "b", "c,d"]);
  expect(entityTags(header, false)).toEqual(["a", "c,d"]);
});

test("a star stands for any, a quoted star does not", () => {
  expect(entityTags(" * ", false)).toEqual(["*"]);
  expect(entityTags('"*"', false)).toEqual([]);
});

test("no header is no condition; one without tags is a condition that nothing fulfils", () => {
  expect(entityTags(null, false)).toBeUndefined();
  expect(entityTags("nonsense", false)).toEqual([]);
});
