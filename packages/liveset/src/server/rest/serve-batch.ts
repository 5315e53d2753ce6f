import { type Issue, invalid } from "../../core/error/liveset-error.ts";
import { type BatchOperation, batchOperations } from "../../core/protocol/batch.ts";
import { isRecord } from "../../core/protocol/schema.ts";
import { invalidInput } from "../invalid-input.ts";
import { operateBatch } from "../operation/operate-batch.ts";
import type { User } from "../register.ts";
import { requestInfo } from "../request-info.ts";
import type { Runtime } from "../runtime.ts";
import { readBody } from "./read-body.ts";

/**
 * Answers a POST to the interface's root: `{"operations": [{resource, action, key?, data?, params?, ifMatch?}, …]}`, done
 * in one transaction or not at all. The answer is a list of `{status, data, etag?, key?}`.
 *
 * @throws LivesetError as `operateBatch`; `invalid` for a body of another shape.
 */
export async function serveBatch(runtime: Runtime, request: Request, user: User | null): Promise<Response> {
  const operations = readOperations(await readBody(request, runtime.limits.bodyBytes));
  const mutation = request.headers.get("idempotency-key");
  const { data } = await operateBatch(runtime, {
    user,
    request: requestInfo(request),
    operations: operations.map(({ ifMatch, ...rest }) =>
      ifMatch === undefined ? rest : { ...rest, ifMatch: [ifMatch] },
    ),
    ...(mutation === null ? {} : { mutation }),
  });
  return Response.json(data, { headers: { "cache-control": "no-store" } });
}

function readOperations(body: unknown): readonly BatchOperation[] {
  if (!isRecord(body)) throw invalid([], "type", "A batch is an object with operations.");
  if (body.operations === undefined) throw invalid(["operations"], "required", "operations is required.");
  const issues: Issue[] = [];
  batchOperations.check(body.operations, ["operations"], issues);
  if (issues.length > 0) throw invalidInput(issues);
  return body.operations as readonly BatchOperation[];
}
