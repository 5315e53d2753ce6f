import type { Json, WireRow } from "../core/json.ts";
import type { KeyText } from "../core/key/key.ts";

/** What a pending operation does to a row. */
export type WriteAction = "create" | "update" | "patch" | "delete";

/** One operation of a mutation that is not confirmed yet. */
export interface PendingOperation {
  readonly mutation: string;
  readonly resource: string;
  readonly action: WriteAction;
  readonly key: KeyText;
  /** The fields that it sets. */
  readonly data: WireRow;
  readonly params?: Readonly<Record<string, Json>> | undefined;
  /** The key is a makeshift, until the server has made one. */
  readonly isTemporary?: boolean | undefined;
  /** The server has done it. */
  readonly isAnswered?: boolean | undefined;
}

type ByKey = ReadonlyMap<KeyText, readonly PendingOperation[]>;
const none: ByKey = new Map();

/**
 * What a client's own unconfirmed writes do to rows. Nothing is copied when a write begins: a row is shown as its present
 * state with the pending operations put onto it, in their order, so that what others do meanwhile stays visible, and
 * what is left when a write ends is the truth.
 */
export class Overlay {
  readonly #changed: (resource: string, keys: readonly KeyText[]) => void;
  readonly #byResource = new Map<string, Map<KeyText, readonly PendingOperation[]>>();
  readonly #byMutation = new Map<string, readonly PendingOperation[]>();

  /** @param changed is told whose rows are shown differently from now on */
  constructor(changed: (resource: string, keys: readonly KeyText[]) => void) {
    this.#changed = changed;
  }

  /** The operations of a resource by key; the same map until one begins or ends. */
  of(resource: string): ByKey {
    return this.#byResource.get(resource) ?? none;
  }

  add(mutation: string, operations: readonly PendingOperation[]): void {
    this.#byMutation.set(mutation, operations);
    this.#rebuild(operations, (own, operation) => [...own, operation]);
  }

  /**
   * The server has answered a mutation: lists that are up to date have its effect from there, and a makeshift row has its
   * true one. Lists that have to catch up keep the effect until then.
   */
  answer(mutation: string): void {
    const operations = this.#byMutation.get(mutation);
    if (operations === undefined) return;
    this.#byMutation.set(
      mutation,
      operations.map((operation) => ({ ...operation, isAnswered: true })),
    );
    const answered = this.#byMutation.get(mutation) ?? [];
    this.#rebuild(operations, (own, operation) =>
      own.map((other) => (other === operation ? (answered[operations.indexOf(other)] ?? other) : other)),
    );
  }

  /** Ends a mutation's effect; false where it has none. */
  drop(mutation: string): boolean {
    const operations = this.#byMutation.get(mutation);
    if (operations === undefined) return false;
    this.#byMutation.delete(mutation);
    this.#rebuild(operations, (own, operation) => own.filter((other) => other !== operation));
    return true;
  }

  #rebuild(
    operations: readonly PendingOperation[],
    next: (own: readonly PendingOperation[], operation: PendingOperation) => readonly PendingOperation[],
  ): void {
    for (const resource of new Set(operations.map((operation) => operation.resource))) {
      const own = operations.filter((operation) => operation.resource === resource);
      const byKey = new Map(this.of(resource));
      for (const operation of own) {
        const left = next(byKey.get(operation.key) ?? [], operation);
        if (left.length === 0) byKey.delete(operation.key);
        else byKey.set(operation.key, left);
      }
      this.#byResource.set(resource, byKey);
      this.#changed(
        resource,
        own.map(({ key }) => key),
      );
    }
  }
}

/**
 * A row with pending operations put onto it: undefined where it is not there. A change of a row that is gone does not bring
 * it back, and a created row that has arrived meanwhile is the one that arrived.
 */
export function foldRow(
  row: WireRow | undefined,
  operations: readonly PendingOperation[],
): WireRow | undefined {
  let shown = row;
  for (const { action, data } of operations) {
    if (action === "delete") shown = undefined;
    else if (action === "create") shown ??= data;
    else if (shown !== undefined) shown = { ...shown, ...data };
  }
  return shown === undefined || shown === row ? shown : Object.freeze(shown);
}
