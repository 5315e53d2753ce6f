import type { Json } from "../core/json.ts";
import type { Request } from "../core/protocol/request.ts";
import type { List, RowHolder } from "./list.ts";
import type { Target } from "./target.ts";
import type { Turn } from "./turn.ts";

type Rows = List["rows"];

/** A write as it is asked for. */
export type WriteOperation = Pick<Request, "resource" | "action" | "key" | "data" | "params">;

/** What the server is asked: one operation, or several as one; with a mutation id. */
export type WriteQuestion = (WriteOperation | { readonly operations: readonly WriteOperation[] }) & {
  readonly mutation: string;
};

/** What a store asks of its client. */
export interface StoreClient {
  /** Whether a live list is older than what the server may have answered. */
  isBehind(): boolean;
  /** Asks the server, as soon as there is a connection. */
  send(question: WriteQuestion): Promise<Json>;
}

/** How a live list stands, beside its rows. */
export interface ListState {
  /** It goes on behind its window. */
  readonly hasMore: boolean;
  /** It may be older than what the server has answered. */
  readonly isBehind: boolean;
}

/** One live query's view through a store. */
export interface LiveView {
  /** The holder of its rows, whose key has these fields. */
  holder(keys: readonly string[]): RowHolder;
  /** The rows as they are shown, pending writes included. */
  show(list: List, state: ListState): Rows;
  end(): void;
}

/**
 * What a client asks of the store it is made with. A client without one keeps its lists by itself, and its writes are
 * seen when they are confirmed.
 */
export interface ClientStore {
  /** Orders the notifications of both. */
  readonly turn: Turn;
  attach(client: StoreClient): void;
  /** A live query begins. `changed` is called when its rows are shown differently. */
  open(target: Target, changed: () => void): LiveView;
  /** Sends a write, shown as if it were done already. */
  write(question: WriteQuestion, send: () => Promise<Json>): Promise<Json>;
  /** A transaction with these mutations of this client is being shown. */
  confirmed(mutations: readonly string[]): void;
  /** Live lists may have caught up. */
  caughtUp(): void;
}
