import type { Clock } from "../../core/clock.ts";
import type { PendingOperation } from "../overlay.ts";
import type { Rows } from "../rows.ts";
import type { Turn } from "../turn.ts";
import type { LazyDefinition, Lifetimes } from "./lazy-definition.ts";

/** What lazy resources stand on: one for all of a store. */
export interface LazyParts {
  readonly turn: Turn;
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  readonly newMutation: () => string;
  rows(resource: string): Rows;
  /** Shows a write and sends it: see `PendingWrites.begin`. */
  write<T>(
    mutation: string,
    operations: readonly PendingOperation[],
    send: () => Promise<T>,
    done?: (value: T) => void,
  ): Promise<T>;
  /** Shows something that is not sent yet; the returned function takes it back. */
  show(operations: readonly PendingOperation[]): () => void;
  /** Whether a write to a row is under way. */
  isPending(resource: string, id: string): boolean;
  /** A load or a write failed. */
  report(message: string, error: unknown): void;
  readonly onError: (error: unknown) => void;
}

/** A lazy resource as others need it. */
export interface LazyResource {
  readonly name: string;
  readonly feature: string;
  readonly definition: LazyDefinition<object>;
  readonly rows: Rows;
}
