import type { ExtractTablesWithRelations, InferModelFromColumns, One, Relation, Table } from "drizzle-orm";
import type { WireRowOf, WireValue } from "../core/api-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { Lookup } from "../core/query/lookup.ts";
import type { OrderBy } from "../core/query/order.ts";
import type { DeclaredWhere, Where } from "../core/query/where.ts";

/** A module of Drizzle tables and `relations(…)`. */
export type SchemaModule = Readonly<Record<string, unknown>>;

type Tables<S extends SchemaModule> = ExtractTablesWithRelations<S>;

/** A table of the schema by its name in the database. */
type TableNamed<S extends SchemaModule, Name> = {
  [K in keyof Tables<S>]: Tables<S>[K] extends { readonly dbName: Name } ? Tables<S>[K] : never;
}[keyof Tables<S>];

type RelationsNamed<S extends SchemaModule, Name> = [TableNamed<S, Name>] extends [never]
  ? Nothing
  : TableNamed<S, Name> extends { readonly relations: infer R }
    ? R
    : Nothing;

type ColumnsNamed<S extends SchemaModule, Name> =
  TableNamed<S, Name> extends { readonly columns: infer C extends Table["_"]["columns"] }
    ? InferModelFromColumns<C>
    : Nothing;

type TargetOf<R> = R extends Relation<infer Name> ? Name : never;

/** A relation to one row takes a condition, one to many rows takes it in `some` or `none`. */
type Quantified<R, Condition> = R extends One
  ? Condition
  : { readonly some?: Condition; readonly none?: Condition };

/** How many relations may still follow. */
type Left = 3 | 2 | 1 | 0;
type Less = { 3: 2; 2: 1; 1: 0; 0: 0 };

/** Values as Drizzle has them, or in wire form. */
export type EitherForm<Row> = { readonly [K in keyof Row]: Row[K] | WireValue<Row[K]> };

/** What a scope may say across the relations of the table with this name in the database. */
export type RelatedWhere<S extends SchemaModule, Name, N extends Left = 3> = N extends 0
  ? Nothing
  : {
      readonly [K in keyof RelationsNamed<S, Name>]?: Quantified<
        RelationsNamed<S, Name>[K],
        Where<
          EitherForm<ColumnsNamed<S, TargetOf<RelationsNamed<S, Name>[K]>>>,
          RelatedWhere<S, TargetOf<RelationsNamed<S, Name>[K]>, Less[N]>
        >
      >;
    };

/** Whether a path such as `list.ownerId` leads to a column. */
export type IsPath<
  S extends SchemaModule,
  Name,
  Path extends string,
  N extends Left = 3,
> = Path extends `${infer Head}.${infer Rest}`
  ? N extends 0
    ? false
    : Head extends keyof RelationsNamed<S, Name>
      ? IsPath<S, TargetOf<RelationsNamed<S, Name>[Head]>, Rest, Less[N]>
      : false
  : Path extends keyof ColumnsNamed<S, Name>
    ? true
    : false;

type Heads<D> = { [K in keyof D]: K extends `${infer Head}.${string}` ? Head : never }[keyof D];
type Behind<D, Head extends string> = {
  readonly [K in keyof D as K extends `${Head}.${infer Rest}` ? Rest : never]: D[K];
};
type OwnOf<Row, D> = { readonly [K in keyof Row & keyof D]: D[K] & Lookup };

type Declare<Row, Own, Related> = Own extends { readonly [K in keyof Row]?: Lookup }
  ? DeclaredWhere<Row, Own, Related>
  : never;

type FiltersOf<Row, D, Related> = Declare<Row, OwnOf<Row, D>, Related>;

/** What a caller may say across relations, from the lookups `D` declared by path. */
export type RelatedFilters<S extends SchemaModule, Name, D> = {
  readonly [K in Heads<D> & keyof RelationsNamed<S, Name> & string]?: Quantified<
    RelationsNamed<S, Name>[K],
    FiltersOf<
      WireRowOf<ColumnsNamed<S, TargetOf<RelationsNamed<S, Name>[K]>>>,
      Behind<D, K>,
      RelatedFilters<S, TargetOf<RelationsNamed<S, Name>[K]>, Behind<D, K>>
    >
  >;
};

/** How a resource nests the rows behind its relations, by their names: `true` for as callers ask. */
export type NestingDeclaration = { readonly [relation: string]: true | NestingOptions };

/** What is said of nested rows once for all callers. */
export interface NestingOptions {
  /** The resource that shows them, where several have their table. */
  readonly resource?: string;
  /**
   * Whether they are shown without being asked for, in the resource's own rows (not where these are nested in others), also in the
   * answer to a write. A query's `with` may ask for less, or for `false`. Default: false.
   */
  readonly always?: boolean;
  /** The fields that may be shown here, beside the key. Default: all that the resource of the rows shows. */
  readonly fields?: readonly string[];
  /** What they fulfil here, beside the scope of their resource; a caller's `where` comes on top. Says what a scope may say. */
  readonly where?: object;
  /** Their order where a caller gives none, by fields that the resource shows. Default: the resource's `defaultOrder`. */
  readonly orderBy?: object;
  /** The most that a caller may ask for, and how many of them are shown where he does not say. Default: all. */
  readonly limit?: number;
}

/** The same declaration where its names are those of relations and its parts fit the related table, `never` in place of others. */
export type CheckedNesting<S extends SchemaModule, Name, N> = {
  readonly [K in keyof N]: K extends keyof RelationsNamed<S, Name>
    ? N[K] extends true
      ? N[K]
      : N[K] & NestingOf<S, RelationsNamed<S, Name>[K]>
    : never;
};

interface NestingOf<S extends SchemaModule, R> {
  readonly where?: Where<EitherForm<ColumnsNamed<S, TargetOf<R>>>, RelatedWhere<S, TargetOf<R>, 2>>;
  readonly orderBy?: R extends One ? never : OrderBy<keyof ColumnsNamed<S, TargetOf<R>> & string>;
  readonly limit?: R extends One ? never : number;
}

/** What a declaration says of nested rows, before the resource that shows them is known. */
export type NestingTypes<S extends SchemaModule, Name, N> = {
  readonly [K in keyof N & keyof RelationsNamed<S, Name>]: {
    readonly table: TargetOf<RelationsNamed<S, Name>[K]>;
    readonly many: RelationsNamed<S, Name>[K] extends One ? false : true;
    readonly always: N[K] extends { readonly always: true } ? true : false;
    readonly resource: N[K] extends { readonly resource: infer R extends string } ? R : undefined;
    readonly fields: N[K] extends { readonly fields: readonly (infer F extends string)[] } ? F : undefined;
  };
};
