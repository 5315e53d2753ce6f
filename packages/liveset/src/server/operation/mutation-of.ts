import { invalid } from "../../core/error/liveset-error.ts";
import type { Mutation } from "../database/database.ts";
import type { Runtime } from "../runtime.ts";
import type { Call } from "./call.ts";

/**
 * The identity of a write, undefined where its caller gives none.
 *
 * @throws LivesetError `invalid` for an id that is empty or too long.
 */
export async function mutationOf(
  runtime: Runtime,
  { mutation, user }: Pick<Call, "mutation" | "user">,
  fingerprint: () => Promise<string>,
): Promise<Mutation | undefined> {
  if (mutation === undefined) return undefined;
  if (mutation === "" || mutation.length > 255) {
    throw invalid(["mutation"], "invalid_value", "A mutation id has 1 to 255 characters.");
  }
  return { id: mutation, owner: runtime.principalId(user), fingerprint: await fingerprint() };
}
