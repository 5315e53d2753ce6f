import type { Json } from "../json.ts";
import { type Code, codeEntry, codes } from "./codes.ts";

/** One fault in the input: where, which, and a sentence. `path` is the way to the value, outermost first. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** The body of `application/problem+json` (RFC 9457) and of `error` frames. */
export interface Problem {
  readonly code: Code;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly Issue[];
}

/** What may accompany an error beside its code. */
export interface ErrorParts {
  readonly detail?: string;
  readonly errors?: readonly Issue[];
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/**
 * The only error that crosses a wire. Thrown by the server's operations and hooks, and the rejection
 * of every promise of the client.
 *
 * @example
 * ```ts
 * import { LivesetError } from "liveset";
 * throw new LivesetError("forbidden", { detail: "Only the owner may archive a list." });
 * ```
 */
export class LivesetError extends Error {
  override readonly name = "LivesetError";
  readonly code: Code;
  readonly detail: string | undefined;
  readonly errors: readonly Issue[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: Code, parts: ErrorParts = {}) {
    super(
      parts.detail ?? codeEntry(code).title,
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.code = code;
    this.detail = parts.detail;
    this.errors = parts.errors;
    this.retryAfter = parts.retryAfter;
  }

  /** HTTP status of the code. */
  get status(): number {
    return codeEntry(this.code).status;
  }

  /** Whether repeating the same call later can succeed. */
  get retry(): boolean {
    return codeEntry(this.code).retry;
  }

  /** The error as it crosses the wire; never the cause or the stack. */
  toProblem(): Problem {
    return {
      code: this.code,
      status: this.status,
      title: codeEntry(this.code).title,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }

  /** Reads what `toProblem` wrote. An unknown code becomes `internal`. */
  static fromProblem(problem: Readonly<Record<string, unknown>>): LivesetError {
    const known = typeof problem.code === "string" && Object.hasOwn(codes, problem.code);
    return new LivesetError(known ? (problem.code as Code) : "internal", {
      ...(typeof problem.detail === "string" ? { detail: problem.detail } : {}),
      ...(Array.isArray(problem.errors) ? { errors: problem.errors as readonly Issue[] } : {}),
    });
  }
}

/** Shorthand for the commonest error: one invalid value, named by its path. */
export function invalid(path: readonly (string | number)[], code: string, message: string): LivesetError {
  return new LivesetError("invalid", { detail: message, errors: [{ path, code, message }] });
}

/** Any thrown value as a LivesetError: its own kind unchanged, everything else `internal` with the cause kept for the log. */
export function toLivesetError(thrown: unknown): LivesetError {
  return thrown instanceof LivesetError ? thrown : new LivesetError("internal", { cause: thrown });
}

/** JSON of a problem, typed for frames. */
export function problemJson(error: LivesetError): Json {
  return error.toProblem() as unknown as Json;
}
