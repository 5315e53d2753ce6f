import type { Clock } from "../core/clock.ts";
import { LivesetError, toLivesetError } from "../core/error/liveset-error.ts";
import type { User } from "./register.ts";
import { problemResponse } from "./rest/problem-response.ts";
import type { Runtime } from "./runtime.ts";

/** Answers a request whatever happens, and logs one line of it. `answer` says who is signed in once it knows. */
export async function answerRequest(
  runtime: Runtime,
  clock: Clock,
  request: Request,
  answer: (signedIn: (user: User | null) => void) => Promise<Response>,
): Promise<Response> {
  const began = clock.now();
  let principal: User | null = null;
  const response = await answer((user) => {
    principal = user;
  }).catch((thrown: unknown) => failureResponse(runtime, thrown));
  const fields = { method: request.method, path: new URL(request.url).pathname, status: response.status };
  runtime.log.info({ ...fields, ms: clock.now() - began, user: runtime.principalId(principal) }, "request");
  return response;
}

/** The answer to a failure; one that is no `LivesetError` is logged, and its details stay here. */
export function failureResponse(runtime: Runtime, thrown: unknown): Response {
  if (!(thrown instanceof LivesetError)) runtime.log.error({ err: thrown }, "request failed");
  return problemResponse(toLivesetError(thrown));
}
