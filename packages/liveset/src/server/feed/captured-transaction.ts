import type { Transaction } from "../../core/change/transaction.ts";

/** A transaction with what another node needs to find the places of its snapshots. */
export interface CapturedTransaction extends Transaction {
  /** The lower 32 bits of the database's number for it, where the database has snapshots that tell by it what they see. */
  readonly xid?: number;
}
