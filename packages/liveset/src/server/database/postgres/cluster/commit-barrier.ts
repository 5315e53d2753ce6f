import type { LogPosition } from "../../../cluster/log-position.ts";
import type { CapturedTransaction } from "../../../feed/captured-transaction.ts";

/**
 * How a node that reads a cluster's log, and not the database's changes, learns that it has received all that was committed: whatever is
 * committed before `passed` is called has been received when it resolves.
 */
export interface CommitBarrier {
  /** @throws LivesetError `unavailable` where it takes too long: nobody reads the changes, or the log cannot be read. */
  passed(): Promise<void>;
  /** The log begins at a position, or begins anew there. */
  begun(position: Pick<LogPosition, "epoch" | "cursor">): void;
  /** The next transaction was received. */
  received(transaction: CapturedTransaction): void;
  end(): Promise<void>;
}
