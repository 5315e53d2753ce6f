import type { Issue } from "../error/liveset-error.ts";
import type { Json } from "../json.ts";

/** Keys that could reach an object's prototype; refused anywhere in a frame. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** JSON may be nested so deep: deeper values would cost a recursive reader its stack. */
const deepest = 64;

/** The schema of a JSON value: describes itself (for the hash of the wire) and lists what is wrong with a value. */
export interface Schema<T> {
  readonly describe: string;
  readonly optional: boolean;
  check(value: unknown, path: readonly (string | number)[], issues: Issue[]): void;
  /** Of an object: the fields that it knows. */
  readonly names?: readonly string[];
  /** Carries the type only; never set. */
  readonly type?: T;
}

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly optional: true } ? K : never;
}[keyof F];
type ObjectOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Infer<F[K]>;
};

function primitive<T>(
  describe: string,
  accepts: (value: unknown) => boolean,
  expected: string = describe,
): Schema<T> {
  return {
    describe,
    optional: false,
    check(value, path, issues) {
      if (!accepts(value)) issues.push({ path, code: "type", message: `Expected ${expected}.` });
    },
  };
}

export const string: Schema<string> = primitive("string", (value) => typeof value === "string");
/** A name that a client gives, to be kept and given back: 1 to 128 characters. */
export const id: Schema<string> = primitive(
  "id",
  (value) => typeof value === "string" && value.length >= 1 && value.length <= 128,
  "a text of 1 to 128 characters",
);
export const number: Schema<number> = primitive("number", (value) => typeof value === "number");
export const boolean: Schema<boolean> = primitive("boolean", (value) => typeof value === "boolean");

/** Any JSON value, without keys that could reach a prototype. */
export const json: Schema<Json> = {
  describe: "json",
  optional: false,
  check(value, path, issues) {
    if (value === undefined) issues.push({ path, code: "required", message: "Expected a value." });
    else refuseUnsafe(value, path, issues, deepest);
  },
};

/** A JSON object with any keys but those that could reach a prototype. */
export const record: Schema<Readonly<Record<string, Json>>> = {
  describe: "record",
  optional: false,
  check(value, path, issues) {
    if (!isRecord(value)) issues.push({ path, code: "type", message: "Expected an object." });
    else refuseUnsafe(value, path, issues, deepest);
  },
};

/** The type of a row on the wire. */
export const row: Schema<Readonly<Record<string, Json>>> = record;

export function literal<const T extends string | number>(...values: readonly T[]): Schema<T> {
  const describe = values.map((value) => JSON.stringify(value)).join("|");
  return primitive(describe, (value) => (values as readonly unknown[]).includes(value));
}

export function array<T>(item: Schema<T>): Schema<readonly T[]> {
  return {
    describe: `[${item.describe}]`,
    optional: false,
    check(value, path, issues) {
      if (!Array.isArray(value)) issues.push({ path, code: "type", message: "Expected an array." });
      else for (const [index, entry] of value.entries()) item.check(entry, [...path, index], issues);
    },
  };
}

/** Either of two shapes; the second is reported when neither fits. */
export function either<A, B>(first: Schema<A>, second: Schema<B>): Schema<A | B> {
  return {
    describe: `(${first.describe}|${second.describe})`,
    optional: false,
    check(value, path, issues) {
      const attempt: Issue[] = [];
      first.check(value, path, attempt);
      if (attempt.length > 0) second.check(value, path, issues);
    },
  };
}

export function optional<T>(schema: Schema<T>): Schema<T> & { readonly optional: true } {
  return {
    describe: `${schema.describe}?`,
    optional: true,
    check(value, path, issues) {
      if (value !== undefined) schema.check(value, path, issues);
    },
  };
}

/** An object with the fields given. Unknown fields are let through, so that a newer peer may say more. */
export function object<F extends Fields>(fields: F): Schema<ObjectOf<F>> {
  const entries = Object.entries(fields);
  return {
    names: Object.keys(fields),
    describe: `{${entries.map(([name, schema]) => `${name}:${schema.describe}`).join(",")}}`,
    optional: false,
    check(value, path, issues) {
      if (!isRecord(value)) {
        issues.push({ path, code: "type", message: "Expected an object." });
        return;
      }
      for (const [name, schema] of entries) {
        const field = Object.hasOwn(value, name) ? value[name] : undefined;
        if (field === undefined && !schema.optional) {
          issues.push({ path: [...path, name], code: "required", message: `${name} is required.` });
        } else schema.check(field, [...path, name], issues);
      }
    },
  };
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuseUnsafe(
  value: unknown,
  path: readonly (string | number)[],
  issues: Issue[],
  levels: number,
): void {
  if (typeof value !== "object" || value === null) return;
  if (levels === 0) {
    issues.push({ path, code: "too_deep", message: `JSON may be nested ${deepest} levels deep.` });
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      if (typeof entry === "object") refuseUnsafe(entry, [...path, index], issues, levels - 1);
    }
  } else {
    for (const [key, entry] of Object.entries(value)) {
      if (forbiddenKeys.has(key)) {
        issues.push({
          path: [...path, key],
          code: "forbidden_key",
          message: `The key ${key} is not allowed.`,
        });
      } else if (typeof entry === "object") refuseUnsafe(entry, [...path, key], issues, levels - 1);
    }
  }
}
