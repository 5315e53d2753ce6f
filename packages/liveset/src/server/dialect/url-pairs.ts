import { invalid } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";

/**
 * A JSON value as a URL has it. Several are a parameter given several times where they are text, else joined by commas.
 *
 * @param within where the value stands, for the path and the sentence of an error
 * @throws LivesetError `invalid` for null.
 */
export function urlPairs(
  name: string,
  value: Json,
  within: readonly string[] = [],
): readonly (readonly [string, string])[] {
  const path = [...within, name];
  if (value === null) throw invalid(path, "invalid_value", `${path.join(".")} must not be null.`);
  if (Array.isArray(value)) {
    const texts = value.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
    return value.every((item) => typeof item === "string")
      ? texts.map((text) => [name, text] as const)
      : [[name, texts.join(",")]];
  }
  return [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
}
