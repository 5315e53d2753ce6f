import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import type { Call } from "./call.ts";

/** A call with everything that its operation needs. In a write, `context.db` is the transaction. */
export interface Execution {
  readonly runtime: Runtime;
  readonly resource: CompiledResource;
  readonly context: Context;
  readonly call: Call;
}
