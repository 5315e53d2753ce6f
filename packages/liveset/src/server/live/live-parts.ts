import type { Runtime } from "../runtime.ts";
import type { Authors } from "./authors.ts";
import type { Groups } from "./groups.ts";
import type { Snapshots } from "./snapshots.ts";

/** What all sessions of a hub share. */
export interface LiveParts {
  readonly runtime: Runtime;
  readonly groups: Groups;
  readonly snapshots: Snapshots;
  readonly authors: Authors;
}
