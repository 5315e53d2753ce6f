import type { Issue } from "../core/error/liveset-error.ts";
import type { Json } from "../core/json.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import type { Context, RequestInfo } from "./context.ts";
import { invalidInput } from "./invalid-input.ts";
import type { User } from "./register.ts";
import type { Runtime } from "./runtime.ts";
import { validate } from "./validate.ts";

/**
 * The context of a call: its parameters validated, the database outside of any transaction.
 *
 * @throws LivesetError `invalid` for parameters that are undeclared or that their schema refuses, each named `["params", name]`.
 */
export async function makeContext(
  runtime: Runtime,
  resource: CompiledResource,
  call: {
    readonly user: User | null;
    readonly request: RequestInfo;
    readonly params?: Readonly<Record<string, Json>> | undefined;
  },
): Promise<Context> {
  const params = await validateParams(resource, call.params ?? {});
  return { user: call.user, request: call.request, params, db: runtime.database.db };
}

async function validateParams(
  resource: CompiledResource,
  given: Readonly<Record<string, Json>>,
): Promise<Readonly<Record<string, unknown>>> {
  const schemas = resource.options.params ?? {};
  const issues: Issue[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schemas, name)) {
      issues.push({ path: ["params", name], code: "unknown", message: `There is no parameter ${name}.` });
    }
  }
  const params: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const result = await validate(schema, Object.hasOwn(given, name) ? given[name] : undefined, [
      "params",
      name,
    ]);
    if (result.issues.length > 0) issues.push(...result.issues);
    else params[name] = result.value;
  }
  if (issues.length > 0) throw invalidInput(issues);
  return params;
}
