import { LivesetError, toLivesetError } from "../../core/error/liveset-error.ts";
import type { Runtime } from "../runtime.ts";

/** Anything thrown in live work as the error that its owner is told (P7). What has no code of its own is logged with its cause. */
export function failureOf(runtime: Runtime, thrown: unknown, where: object): LivesetError {
  if (thrown instanceof LivesetError) return thrown;
  const error = runtime.database.toError(thrown) ?? toLivesetError(thrown);
  if (error.code === "internal") runtime.log.error({ ...where, err: thrown }, "live query failed");
  return error;
}
