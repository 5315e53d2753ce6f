import type { Runtime } from "../runtime.ts";
import type { Authors } from "./authors.ts";
import type { Groups } from "./groups.ts";
import type { Missed } from "./missed.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Position } from "./position.ts";
import type { Principals } from "./principals.ts";
import type { Snapshots } from "./snapshots.ts";

/** What all sessions of a hub share. */
export interface LiveParts {
  readonly runtime: Runtime;
  readonly groups: Groups;
  readonly snapshots: Snapshots;
  readonly missed: Missed;
  readonly authors: Authors;
  readonly principals: Principals;
  readonly pipeline: Pipeline;
  readonly position: Position;
}
