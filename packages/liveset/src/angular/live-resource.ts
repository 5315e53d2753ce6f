import type { ResourceStatus, Signal } from "@angular/core";
import type { Connection, Recovery } from "../client/live-handle.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";

/** A resource's state in one object, as Angular's `ResourceSnapshot`; in error too it has the last value. */
export type LiveResourceSnapshot<T> =
  | { readonly status: "idle" | "loading" | "reloading" | "resolved"; readonly value: T }
  | { readonly status: "error"; readonly value: T; readonly error: LivesetError };

/**
 * A live query as signals, in the shape of Angular's `Resource`, and to be used where one is asked for.
 *
 * What is otherwise: `value()` never throws and keeps its last value in error; `hasValue()` is true only once there is an answer; `error()` also
 * says why the client gave up connecting, while the value is still shown.
 */
export interface LiveResource<T> {
  /** A list: never undefined. One row: undefined is not known yet, null is absent. Frozen; an unchanged row stays the same object. */
  readonly value: Signal<T>;
  /**
   * `idle`: nothing is asked for. `loading`: no answer yet. `resolved`: there is one, live or stale. `reloading`: asked for anew by `reload`.
   * `error`: the query was refused.
   */
  readonly status: Signal<ResourceStatus>;
  readonly error: Signal<LivesetError | undefined>;
  readonly isLoading: Signal<boolean>;
  readonly snapshot: Signal<LiveResourceSnapshot<T>>;
  readonly connection: Signal<Connection>;
  /** There is a value, but it may be older than the server's. */
  readonly isStale: Signal<boolean>;
  /** How the rows were made right again, the last time that they could not simply be followed. */
  readonly recovery: Signal<Recovery | null>;
  /** When the value last changed or was confirmed: ms since 1970; null while there is none. */
  readonly updatedAt: Signal<number | null>;
  /** Whether there is an answer; where a value may be undefined, it is not then. */
  hasValue(this: T extends undefined ? this : never): this is LiveResource<Exclude<T, undefined>>;
  hasValue(): boolean;
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. False where that is under way, or nothing is asked for. */
  reload(): boolean;
  /**
   * As `reload`, to be waited for.
   * @throws LivesetError when the query is refused; `released` when it is given up before.
   */
  refresh(): Promise<void>;
}

/** A live window as signals, and the way to make it larger. */
export interface LiveWindowResource<T> extends LiveResource<T> {
  /** Whether the list goes on behind the window; false while that is not known. */
  readonly hasMore: Signal<boolean>;
  /** How many rows the whole list has, where the query asks for `total`. */
  readonly total: Signal<number | undefined>;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: Signal<boolean>;
  /**
   * Makes the window larger, by as many rows as it began with or by `count`.
   * @throws LivesetError when the larger one is refused. Nothing where another query was asked for meanwhile.
   */
  loadMore(count?: number): Promise<void>;
}

/** Options that every live resource has. */
export interface LiveResourceOptions {
  /** After another query was asked for, shows the value of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean | undefined;
}

/** A value, or a function that gives it: signals that the function reads are followed. */
export type MaybeFunction<T> = T | (() => T);
