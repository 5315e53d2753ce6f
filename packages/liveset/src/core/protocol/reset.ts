import { literal, number, object, type Schema, string } from "./schema.ts";

/** down: the group's rows are no longer kept; a `subscribed` with a new snapshot follows for each of its subscriptions.
 * `reason`: `auth` (another principal), `scope` (the same one sees other rows now), `slow_reader`,
 * `backlog` (too much had to be asked of the database), `epoch` (the server's log of changes was lost and has begun anew). */
export interface Reset {
  readonly type: "reset";
  readonly group: number;
  readonly reason: string;
}

export const reset: Schema<Reset> = object({ type: literal("reset"), group: number, reason: string });
