import type { CompiledResource } from "../compiled-resource.ts";
import type { Operation } from "../resource.ts";

/** What one method does at an address. */
export interface Target {
  /** An operation, or the name of an action. */
  readonly action: string;
  /** The key's text, for what belongs to one row. */
  readonly key?: string;
}

/** The methods of an address. */
export type Endpoint = ReadonlyMap<string, Target>;

/**
 * What `/<resource>/<key>/<action>/` offers, with the parts that are given; null where there is no such address.
 *
 * A collection action, or a batch of reads, has the address of a row with its name for a key. Where keys are text and such a row may
 * exist, the action has POST and the row keeps all other methods.
 */
export function endpointOf(resource: CompiledResource, key?: string, action?: string): Endpoint | null {
  if (key === undefined)
    return offered(resource, [
      ["GET", "list"],
      ["POST", "create"],
    ]);
  if (action !== undefined) {
    return isAction(resource, action, true) ? new Map([["POST", { action, key }]]) : null;
  }
  const member = offered(
    resource,
    [
      ["GET", "retrieve"],
      ["PUT", "update"],
      ["PATCH", "patch"],
      ["DELETE", "delete"],
    ],
    key,
  );
  if (!isAction(resource, key, false) && !isBatch(resource, key)) return member;
  const post = ["POST", { action: key }] as const;
  return hasTextKey(resource) ? new Map([...member, post]) : new Map([post]);
}

function offered(
  resource: CompiledResource,
  methods: readonly (readonly [string, Operation])[],
  key?: string,
): Map<string, Target> {
  const rest = key === undefined ? {} : { key };
  return new Map(
    methods
      .filter(([, action]) => resource.operations.has(action))
      .map(([method, action]) => [method, { action, ...rest }]),
  );
}

function isAction({ options: { actions = {} } }: CompiledResource, name: string, detail: boolean): boolean {
  return Object.hasOwn(actions, name) && actions[name]?.detail === detail;
}

/** Whether a name is that of a batch of reads that a resource has. */
function isBatch({ operations, options: { children = {} } }: CompiledResource, name: string): boolean {
  if (!operations.has("retrieve")) return false;
  return name === "by-ids" || (name === "indexes" && Object.keys(children).length > 0);
}

function hasTextKey({ info }: CompiledResource): boolean {
  const [name = ""] = info.key;
  return info.key.length === 1 && info.columns.get(name)?.kind === "text";
}

/** The `Allow` header of an address. */
export function allowHeader(endpoint: Endpoint): string {
  return [...endpoint.keys(), ...(endpoint.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}
