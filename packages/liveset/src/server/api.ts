import type { ResourceTypes } from "../core/api-types.ts";
import type { Resource } from "./resource.ts";

/** Declared resources by name, and in `$types` what their clients know of them. */
export interface Api<R extends Resources = Resources> {
  readonly resources: R;
  /** In types only. */
  readonly $types?: { readonly [K in keyof R]: TypesIn<R, K> };
}

type Resources = Readonly<Record<string, Resource>>;

/** What is known of a resource by itself. */
type OwnTypes<R, K extends keyof R> = R[K] extends { readonly $types?: infer T } ? NonNullable<T> : never;

/** The same, with what its relations lead to in this API. */
type TypesIn<R, K extends keyof R> =
  OwnTypes<R, K> extends { readonly nesting: infer N }
    ? OwnTypes<R, K> & { readonly nested: { readonly [P in keyof N]: NestedIn<R, N[P]> } }
    : OwnTypes<R, K>;

type NestedIn<R, D> = D extends { readonly many: infer M; readonly always: infer A }
  ? { readonly many: M; readonly always: A; readonly fields: FieldsIn<R, D>; readonly types: ShownBy<R, D> }
  : never;

/** The resource that shows the rows behind a relation: the one that is named, else the only one of the table. */
type ShownBy<R, D> = D extends { readonly resource: infer K extends keyof R }
  ? TypesIn<R, K>
  : D extends { readonly table: infer Name }
    ? TypesIn<R, OfTable<R, Name>>
    : never;

type OfTable<R, Name> = {
  [K in keyof R]: OwnTypes<R, K> extends { readonly table: Name } ? K : never;
}[keyof R];

/** The fields that may be shown: those that are declared, else all. */
type FieldsIn<R, D> = D extends { readonly fields: infer F extends string }
  ? F
  : ShownBy<R, D> extends infer T extends ResourceTypes
    ? keyof T["row"] & string
    : never;
