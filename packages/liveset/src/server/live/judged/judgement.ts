import type { Group } from "../group.ts";
import type { MemberChanges } from "./members.ts";

/** What became of a group: its changes, or why it can no longer be followed. */
export type Judgement =
  | { readonly group: Group; readonly changes: MemberChanges }
  | { readonly group: Group; readonly thrown: unknown };
