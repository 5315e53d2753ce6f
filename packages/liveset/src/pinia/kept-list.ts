import { canonicalTarget } from "../client/canonical.ts";
import type { Client } from "../client/client.ts";
import type { KeptQuery } from "../client/kept-query.ts";
import type { Target } from "../store/target.ts";

/** What a browser needs to go on from a server's list, beside the rows, which are in the store's state anyway. */
export type KeptList = Omit<KeptQuery, "rows">;

/** What is kept of a list. */
export function keepList(client: Client, target: Target): KeptList | null {
  const canonical = canonicalTarget(target);
  const query = client.dehydrate().queries.find((each) => canonicalTarget(each.target) === canonical);
  if (query === undefined) return null;
  const { rows: _, ...kept } = query;
  return kept;
}
