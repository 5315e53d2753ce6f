import type { ConditionPlan } from "./condition.fixture.ts";

// A history is made of small numbers: whatever they are applied to takes each modulo the number of choices. So histories shrink
// well, and any of them fits.

/** A statement of SQL. */
export interface StatementPlan {
  readonly do: "put" | "set" | "delete" | "rekey" | "fill" | "clear";
  /** Few teams and members, more projects, tasks most of all: see `statement.fixture.ts`. */
  readonly table: number;
  readonly values: readonly number[];
  /** Which column is set, and by which column rows are found. */
  readonly column: number;
  readonly by: number;
  /** Whether the rows get new markers too. */
  readonly touch: boolean;
}

/** What is asked of nested rows. */
export interface NestedPlan {
  readonly relation: number;
  readonly fields: number | null;
  readonly orderBy: readonly number[];
  readonly limit: number | null;
  readonly inner: NestedPlan | null;
}

/** A live query. */
export interface AskPlan {
  readonly resource: number;
  readonly action: "list" | "count" | "retrieve";
  readonly key: number;
  readonly where: ConditionPlan | null;
  readonly orderBy: readonly number[];
  readonly limit: number | null;
  readonly total: boolean;
  /** A mask; null: all. */
  readonly fields: number | null;
  readonly nested: NestedPlan | null;
}

/** A write through an operation. */
export interface WishPlan {
  readonly action: "create" | "patch" | "delete" | "bulk";
  readonly resource: number;
  readonly key: number;
  readonly values: readonly number[];
}

export type StepPlan =
  | {
      readonly do: "write";
      readonly by: "another process" | "transaction" | "statements";
      readonly of: readonly StatementPlan[];
      readonly rollback: boolean;
    }
  | { readonly do: "subscribe"; readonly client: number; readonly ask: AskPlan }
  | { readonly do: "unsubscribe" | "grow"; readonly client: number; readonly id: number }
  | { readonly do: "request"; readonly client: number; readonly wish: WishPlan }
  | { readonly do: "repeat"; readonly client: number }
  | { readonly do: "rest"; readonly user: number; readonly wish: WishPlan }
  /** The line breaks after so many more frames in one direction. */
  | { readonly do: "cut"; readonly client: number; readonly to: "client" | "server"; readonly after: number }
  | { readonly do: "connect" | "hold" | "release"; readonly client: number }
  /** What is written meanwhile only the log tells. */
  | { readonly do: "restart"; readonly reopen: boolean; readonly meanwhile: readonly StatementPlan[] }
  /** A new token, of this user; 0: nobody. It ends after a while where `short`. */
  | { readonly do: "become"; readonly client: number; readonly user: number; readonly short: boolean }
  | { readonly do: "flip"; readonly user: number; readonly what: "admin" | "level" }
  /** The scope of a resource begins to throw for a user, or no longer does. */
  | { readonly do: "break"; readonly user: number; readonly resource: number }
  | { readonly do: "revoke"; readonly user: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "prune" | "settle" }
  /** Lets so many turns of the event loop go by. */
  | { readonly do: "turn"; readonly count: number };

export interface HistoryPlan {
  readonly world: number;
  /** Turns of the event loop that the server waits for what it reads. */
  readonly lag: number;
  /** Rows that are there from the beginning: see `seedRow`. */
  readonly rows: readonly number[];
  /** Many more of them, so that windows have rows behind their look-ahead; null: none. */
  readonly filled: StatementPlan | null;
  /** By resource; true: everything. */
  readonly scopes: readonly (ConditionPlan | boolean)[];
  readonly asks: readonly { readonly client: number; readonly ask: AskPlan }[];
  readonly steps: readonly StepPlan[];
}

/** How often each kind of step is drawn. */
export type Weights = Readonly<Record<StepPlan["do"], number>>;
