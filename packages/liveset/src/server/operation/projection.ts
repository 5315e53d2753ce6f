import { invalid } from "../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../core/json.ts";
import type { AnyResourceOptions } from "../resource.ts";
import type { TableInfo } from "../table/table-info.ts";
import { toWire } from "../to-wire.ts";

/** How the rows of a query are shown. */
export interface Projection {
  /** Columns that are shown, in the order of their declaration; those of the key are always among them. */
  readonly fields: readonly string[];
  /** Computed fields that are shown, in the order of their declaration. */
  readonly computed: readonly string[];
  /** Columns whose change may alter a shown row; null means any (there are computed fields). */
  readonly reads: ReadonlySet<string> | null;
  /** Relations of which the rows are shown as well. */
  readonly nested: readonly string[];
  /** Two projections with the same text show a row alike. */
  readonly text: string;
  /** A row of all columns as callers see it. What a computed field throws is thrown. */
  serialize(row: WireRow): WireRow;
}

/** What a projection is made of. */
export interface Projected {
  readonly name: string;
  readonly info: TableInfo;
  readonly options: AnyResourceOptions;
  /** Columns that may be shown. */
  readonly fields: readonly string[];
  /** Two callers with the same text are shown the same; empty where it does not depend on them. */
  readonly caller: string;
}

/** The same with the projection of all that it declares. */
type Whole = Projected & { readonly projection: Projection };

/** All that a resource declares, or of that only the named fields and the key. */
export function projectionOf(resource: Projected, names: ReadonlySet<string> | null = null): Projection {
  const { name, info, options, caller } = resource;
  const fields = resource.fields.filter(
    (field) => names === null || names.has(field) || info.key.includes(field),
  );
  const computed = Object.keys(options.computed ?? {}).filter((field) => names === null || names.has(field));
  return {
    fields,
    computed,
    nested: [],
    reads: computed.length > 0 ? null : new Set(fields),
    text: JSON.stringify([
      name,
      fields,
      computed,
      ...(computed.length === 0 || caller === "" ? [] : [caller]),
    ]),
    serialize: serializer(resource, fields, computed),
  };
}

/**
 * The fields that a caller chose, and the key; all where he chose none. In what order and how often they are named does not matter.
 *
 * @throws LivesetError `invalid` for a name that is not among the resource's fields, with the path `["fields", name]`.
 */
export function chosenProjection(resource: Whole, fields: readonly string[] | undefined): Projection {
  if (fields === undefined) return resource.projection;
  const { projection } = resource;
  const known = [...projection.fields, ...projection.computed];
  for (const name of fields) {
    if (known.includes(name)) continue;
    throw invalid(
      ["fields", name],
      "not_declared",
      `${resource.name} has no field "${name.slice(0, 40)}"; its fields are ${known.join(", ")}.`,
    );
  }
  return narrowed(resource, new Set(fields));
}

/** A projection that shows these columns too, as far as the resource shows them at all. */
export function alsoShowing(
  resource: Whole,
  { fields, computed }: Projection,
  columns: readonly string[],
): Projection {
  return narrowed(resource, new Set([...fields, ...computed, ...columns]));
}

/** Where nothing is left out it is the resource's own, so that all who see a row whole share what is made of it. */
function narrowed(resource: Whole, names: ReadonlySet<string>): Projection {
  const projection = projectionOf(resource, names);
  return projection.text === resource.projection.text ? resource.projection : projection;
}

function serializer(
  { info, options }: Projected,
  fields: readonly string[],
  names: readonly string[],
): (row: WireRow) => WireRow {
  const computed = Object.entries(options.computed ?? {}).filter(([name]) => names.includes(name));
  return (row) => {
    const shown: Record<string, Json> = {};
    for (const field of fields) shown[field] = row[field] ?? null;
    if (computed.length === 0) return shown;
    const model = info.fromWire(row);
    for (const [field, compute] of computed) shown[field] = toWire(compute(model));
    return shown;
  };
}
