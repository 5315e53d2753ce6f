import type { WireRow } from "../../../core/json.ts";
import { keyTextOf } from "../../../core/key/key.ts";
import type { Api } from "../../api.ts";
import type { CompiledResource } from "../../compiled-resource.ts";
import type { Observer } from "../../observer.ts";
import type { Resource } from "../../resource.ts";
import { memo } from "../memo.ts";
import type { DcrfOptions, StreamOptions } from "./dcrf-options.ts";

/** A resource under the name, and in the form, that clients know it by. */
export interface Stream {
  readonly name: string;
  readonly resource: CompiledResource;
  /** What clients call the key. */
  readonly pkField: string;
  readonly pagination: "none" | "limit-offset" | "streamed";
  /** The observers by the actions that begin them, and the names of these by the actions that end them. */
  readonly observers: ReadonlyMap<string, Observer>;
  readonly endings: ReadonlyMap<string, string>;
  /** A serialised row with its key under `pkField`. */
  shown(row: WireRow): WireRow;
  /** Its JSON, made once however many are sent it. */
  text(row: WireRow): string;
}

/**
 * The streams of a server: one for each resource, and those that its options name.
 *
 * @throws Error for an option that names no resource, or a `pkField` that is another field of the rows.
 */
export function compileStreams(
  resources: ReadonlyMap<string, CompiledResource>,
  api: Api,
  { streams = {} }: DcrfOptions,
): ReadonlyMap<string, Stream> {
  const compiled = new Map<string, Stream>();
  for (const [name, resource] of resources) compiled.set(name, streamOf(name, resource, {}));
  for (const [name, given] of Object.entries(streams)) {
    const options: StreamOptions = isOptions(given) ? given : { resource: given };
    const resource = resources.get(nameOf(api, options.resource) ?? "");
    if (resource === undefined) throw new Error(`dcrf.streams.${name} names no resource of the API.`);
    compiled.set(name, streamOf(name, resource, options));
  }
  return compiled;
}

function streamOf(
  name: string,
  resource: CompiledResource,
  { pkField, pagination = "none" }: Omit<StreamOptions, "resource">,
): Stream {
  const { info, fields, options } = resource;
  const [first = "", second] = info.key;
  const key = second === undefined ? first : null;
  const names = [...fields, ...Object.keys(options.computed ?? {})];
  if (pkField !== undefined && pkField !== key && names.includes(pkField)) {
    throw new Error(`dcrf.streams.${name}: pkField is "${pkField}", which is another field of the rows.`);
  }
  const observers = new Map(Object.entries(options.observe ?? {}));
  const shown = (row: WireRow): WireRow => (pkField === undefined ? row : withKey(row, info.key, pkField));
  return {
    name,
    resource,
    pkField: pkField ?? key ?? "pk",
    pagination,
    observers,
    endings: new Map([...observers].map(([begin, { unsubscribe }]) => [unsubscribe ?? `un${begin}`, begin])),
    shown,
    text: memo((row: WireRow) => JSON.stringify(shown(row))),
  };
}

/** A key of several columns stays, and is joined by its text. */
function withKey(row: WireRow, key: readonly string[], pkField: string): WireRow {
  const [only = "", second] = key;
  if (only === pkField) return row;
  if (second !== undefined) return { [pkField]: keyTextOf(row, key), ...row };
  if (!Object.hasOwn(row, only)) return row;
  const { [only]: value = null, ...rest } = row;
  return { [pkField]: value, ...rest };
}

function isOptions(given: string | Resource | StreamOptions): given is StreamOptions {
  return typeof given === "object" && "resource" in given;
}

function nameOf({ resources }: Api, named: string | Resource): string | undefined {
  if (typeof named === "string") return named;
  return Object.keys(resources).find((name) => resources[name] === named);
}
