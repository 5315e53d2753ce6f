import type { OperationType, TransactionWithMutations } from "@tanstack/db";
import type { Options, ResourceClient, ResourceTransaction } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { Key } from "../core/key/key.ts";

/** Where the writes of a collection go, and how. */
export interface WriteTarget<Row> {
  readonly resource: ResourceClient;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly keyOf: (row: Row) => Key;
  readonly toCreate: (row: Row) => unknown;
  readonly toPatch: (changes: Partial<Row>, row: Row) => unknown;
}

type Mutations<Row extends object> = TransactionWithMutations<Row, OperationType>["mutations"];
type Writer = Pick<ResourceClient, "create" | "patch" | "delete"> | ResourceTransaction;

/**
 * Sends what a collection was told to do: several writes as one transaction of the database, which is done once however often it
 * is sent under its id. Resolves with the server's answer, which comes behind the frame that carries the change.
 *
 * @throws LivesetError when it is refused.
 */
export async function sendWrites<Row extends object>(
  target: WriteTarget<Row>,
  mutation: string,
  mutations: Mutations<Row>,
): Promise<void> {
  const { resource } = target;
  const [first] = mutations;
  if (mutations.length === 1) await write(target, resource, first, mutation);
  else {
    await resource.mutate(
      (tx) => {
        for (const one of mutations) void write(target, tx, one);
      },
      { mutation },
    );
  }
}

function write<Row extends object>(
  { params, keyOf, toCreate, toPatch }: WriteTarget<Row>,
  to: Writer,
  { type, original, modified, changes }: Mutations<Row>[number],
  mutation?: string,
): Promise<unknown> | void {
  const options = { params, mutation } as unknown as Options<ResourceTypes>;
  switch (type) {
    case "insert":
      return to.create(toCreate(modified), options);
    case "update":
      return to.patch(keyOf(original as Row), toPatch(changes as Partial<Row>, modified), options);
    case "delete":
      return to.delete(keyOf(original as Row), options);
    default:
      return type satisfies never;
  }
}
