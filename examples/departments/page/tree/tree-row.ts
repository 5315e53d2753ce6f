import type { PendingWrite } from "liveset/store";
import type { Kind } from "../data/kinds.ts";
import type { Place } from "./flat-tree.ts";

/** A row of the tree as it is shown. */
export interface TreeRow {
  /** Tells rows apart, those too whose ids are not known yet. */
  readonly key: string;
  readonly id: string;
  readonly index: number;
  readonly place: Place;
  /** The department that it is, or is in. */
  readonly departmentId: string;
  readonly name: string;
  /** Null: a department. */
  readonly kind: Kind | null;
  readonly isLoading: boolean;
  /** The server does not have it yet. */
  readonly isDraft: boolean;
  /** Why there is nothing to show, where that is so. */
  readonly fault: "absent" | "error" | null;
  readonly isExpanded: boolean;
  /** How many children a department has; null where that is not known. */
  readonly count: number | null;
  /** How many stand beside it. */
  readonly siblings: number;
  /** A write to it that is under way, or was refused. */
  readonly pending: PendingWrite | null;
}
