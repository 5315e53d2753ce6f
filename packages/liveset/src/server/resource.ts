import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { InferInsertModel, Table } from "drizzle-orm";
import type { ActionTypes, ResourceTypes, WireRowOf, WireValue } from "../core/api-types.ts";
import type { Key } from "../core/key/key.ts";
import type { Nothing } from "../core/nothing.ts";
import type { Lookup } from "../core/query/lookup.ts";
import type { OrderBy } from "../core/query/order.ts";
import type { Action } from "./action.ts";
import type { Context } from "./context.ts";
import type { Observer } from "./observer.ts";
import type { DbOf } from "./register.ts";
import type {
  CheckedNesting,
  IsPath,
  NestingDeclaration,
  NestingTypes,
  RelatedFilters,
  SchemaModule,
} from "./relation-types.ts";
import type { ColumnName, NoSchema, Row, ScopeWhere } from "./scope-where.ts";

export type { ColumnName, Row, ScopeWhere } from "./scope-where.ts";

/** Standard Schemas by name. */
export type Schemas = Readonly<Record<string, StandardSchemaV1>>;

/** What a record of schemas yields. Parameters that may be undefined are optional. */
export type OutputOf<P extends Schemas> = { readonly [K in keyof P]: StandardSchemaV1.InferOutput<P[K]> };

/** What a record of schemas accepts. */
export type InputOf<P extends Schemas> = {
  readonly [K in keyof P as undefined extends StandardSchemaV1.InferInput<P[K]>
    ? never
    : K]: StandardSchemaV1.InferInput<P[K]>;
} & {
  readonly [K in keyof P as undefined extends StandardSchemaV1.InferInput<P[K]>
    ? K
    : never]?: StandardSchemaV1.InferInput<P[K]>;
};

/** A column behind relations, such as `list.ownerId`. */
type Path = `${string}.${string}`;

/**
 * Fields that may be filtered by: a list (every lookup that the column's kind allows), or lookups by field (`true` for all). A
 * column of a related table is named by its path, such as `list.ownerId`.
 */
export type FilterDeclaration<T extends Table> =
  | readonly (ColumnName<T> | Path)[]
  | { readonly [K in ColumnName<T> | Path]?: true | readonly Lookup[] };

/** The same declaration where its paths lead somewhere, `never` in place of those that do not. */
type CheckedPaths<T extends Table, S extends SchemaModule, L> = {
  readonly [K in keyof L]: CheckedPath<T, S, L extends readonly unknown[] ? L[K] : K, L[K]>;
};
type CheckedPath<T extends Table, S extends SchemaModule, P, V> = P extends Path
  ? IsPath<S, T["_"]["name"], P> extends true
    ? V
    : never
  : V;

type Awaitable<V> = V | Promise<V>;

/**
 * Who may do what. A missing entry allows it. `retrieve`, `update`, `patch` and `delete` are asked with the row, after it was found
 * in the scope. False is `forbidden`, or `unauthenticated` where nobody is signed in. A permission may throw a
 * `LivesetError` to say more.
 *
 * `retrieve` is asked for each row of a list as well, over REST and live: rows for which it is not true are not in the list, and
 * count for nothing. To be followed live it must answer at once; it is asked again when the row changes and on
 * `server.refresh`. What a scope can say is better said there: the database finds those rows, and callers share lists.
 */
export interface Permissions<T extends Table, P> {
  readonly list?: (context: Context<P, DbOf<T>>) => Awaitable<boolean>;
  readonly retrieve?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<boolean>;
  readonly create?: (context: Context<P, DbOf<T>>) => Awaitable<boolean>;
  readonly update?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<boolean>;
  readonly patch?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<boolean>;
  readonly delete?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<boolean>;
}

/** Functions around each write, inside its transaction: what they throw rolls it back, what they write belongs to it. */
export interface Hooks<T extends Table, P> {
  /** May return other values than it was given. */
  readonly beforeCreate?: (
    context: Context<P, DbOf<T>>,
    values: InferInsertModel<T>,
  ) => Awaitable<InferInsertModel<T> | void>;
  readonly afterCreate?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<void>;
  /** For update and patch alike. */
  readonly beforeUpdate?: (
    context: Context<P, DbOf<T>>,
    row: Row<T>,
    values: Partial<InferInsertModel<T>>,
  ) => Awaitable<Partial<InferInsertModel<T>> | void>;
  readonly afterUpdate?: (context: Context<P, DbOf<T>>, row: Row<T>, before: Row<T>) => Awaitable<void>;
  readonly beforeDelete?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<void>;
  readonly afterDelete?: (context: Context<P, DbOf<T>>, row: Row<T>) => Awaitable<void>;
}

/** A relation to many rows whose keys are listed as a row's children. */
export interface ChildRelation {
  readonly relation: string;
  /** The resource that shows them, where several have their table. */
  readonly resource?: string;
  /** What each key begins with, such as `docs:`. Default: nothing. */
  readonly prefix?: string;
}

/** An operation that every resource has unless `operations` leaves it out. */
export type Operation = "list" | "retrieve" | "create" | "update" | "patch" | "delete";

/** How a table is exposed. */
export interface ResourceOptions<
  T extends Table,
  F extends ColumnName<T>,
  C,
  P extends Schemas,
  L extends FilterDeclaration<T>,
  O extends ColumnName<T>,
  I extends InputSchemas,
  A extends Readonly<Record<string, Action<T>>>,
  W extends ColumnName<T>,
  S extends SchemaModule = NoSchema,
  N extends NestingDeclaration = NestingDeclaration,
  V extends string = string,
> {
  /** Label on the `rest-live` dialect, such as `todolist.Task`. Default: the resource's name. */
  readonly model?: string;
  /**
   * The module of your Drizzle tables and `relations(…)`: with it, `scope` and `check` may cross all relations, and `filters`
   * declared ones. What the conditions may read is watched for changes.
   */
  readonly schema?: S;
  /**
   * Relations of which callers may have the rows nested, as `?with=tasks`. They are shown as the resource of their table shows them
   * to the caller; options (see `NestingOptions`) say which resource that is where there are several, and what is shown of them here,
   * also without being asked for.
   */
  readonly with?: N & CheckedNesting<S, T["_"]["name"], N>;
  /**
   * Relations to the rows that have this resource's rows as their children, such as `{ department: true }`: those are what a client of
   * `notices` is told to fetch anew when a row of this resource comes, or goes from one parent to another. They are rows of the
   * resource of their table; where several resources have that table, `resource` names one.
   */
  readonly parents?: { readonly [relation: string]: true | { readonly resource?: string } };
  /**
   * Fields of a row's children, whose keys `POST /<resource>/indexes/` lists: `true` for those behind the relation of that name, or
   * several relations, one after the other, each with a prefix for its keys.
   */
  readonly children?: { readonly [field: string]: true | ChildRelation | readonly ChildRelation[] };
  /** Columns that are shown, and that callers may write. Default: all. The key is always shown. */
  readonly fields?: readonly F[];
  /**
   * Which of the fields, and of the computed ones, a caller is shown. The key is always shown. What he is not shown he can neither
   * filter, search or order by, nor write. Default: all.
   */
  readonly fieldsFor?: (context: Context<OutputOf<P>, DbOf<T>>) => Awaitable<readonly V[]>;
  /** Fields by which a row may be named in place of its key. No two rows that a caller may see should have the same value there. */
  readonly lookupBy?: readonly F[];
  /** Further fields, computed from the row. They must not depend on anything else, unless made by `perCaller`. */
  readonly computed?: { readonly [K in keyof C]: (row: Row<T>) => C[K] };
  /** The rows that a caller may see: a condition, all (`true`) or none (`false`). Default: all. */
  readonly scope?: (context: Context<OutputOf<P>, DbOf<T>>) => Awaitable<ScopeWhere<T, S> | boolean>;
  /** What a row must fulfil after a caller's write, else `outside_scope`. Default: the scope, as with PostgreSQL's row security. */
  readonly check?: (context: Context<OutputOf<P>, DbOf<T>>) => Awaitable<ScopeWhere<T, S> | boolean>;
  /** Parameters of a call, by name: in a URL's query, and in a frame's `params`. */
  readonly params?: P;
  readonly filters?: L & CheckedPaths<T, S, L>;
  /** Text fields that `?search=` looks into: every word must occur in one of them, whatever its case. */
  readonly search?: readonly ColumnName<T>[];
  /** Fields to order by. */
  readonly orderBy?: readonly O[];
  /** Order where the caller gives none; the key comes last in any case. Default: the key. */
  readonly defaultOrder?: OrderBy<ColumnName<T>>;
  /** Operations offered. Default: all. */
  readonly operations?: readonly Operation[];
  readonly permissions?: Permissions<T, OutputOf<P>>;
  /** Schemas of the bodies. Default: made from the table by drizzle-zod. */
  readonly input?: I;
  /** Shown columns that callers never write, beside generated ones. */
  readonly readOnly?: readonly W[];
  readonly hooks?: Hooks<T, OutputOf<P>>;
  readonly actions?: A;
  /** Lists that clients of the dialect `dcrf` follow by an action of their own, such as `subscribe_all`, by the name of that action. */
  readonly observe?: Readonly<Record<string, Observer<T>>>;
  /** Rows of a page where the caller does not say. Default 100. */
  readonly pageSize?: number;
  /** The most that a caller may ask for. Default 1000. */
  readonly maxPageSize?: number;
}

/** Schemas that replace the default ones. `update` is for PUT, `patch` for PATCH. */
export interface InputSchemas {
  readonly create?: StandardSchemaV1;
  readonly update?: StandardSchemaV1;
  readonly patch?: StandardSchemaV1;
}

/** A resource's options with their types erased, for the server's own use. */
export type AnyResourceOptions = Omit<
  ResourceOptions<
    Table,
    string,
    Readonly<Record<string, unknown>>,
    Schemas,
    FilterDeclaration<Table>,
    string,
    InputSchemas,
    Readonly<Record<string, Action<Table>>>,
    string,
    SchemaModule
  >,
  "with"
> & { readonly with?: NestingDeclaration };

/**
 * A declared resource. Made by `resource`. `Types` are those of `ResourceTypes`; they are not said to be, because a
 * call of `resource` where one is expected would then take its types from there and not from its table.
 */
export interface Resource<Types = unknown> {
  readonly table: Table;
  readonly options: AnyResourceOptions;
  /** In types only. */
  readonly $types?: Types;
}

type InputType<I extends InputSchemas, K extends keyof InputSchemas, Default> = I[K] extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<I[K]>
  : Default;

/** Lookups by field and by path. */
type LookupsDeclared<L> = L extends readonly (infer N extends string)[]
  ? { readonly [K in N]: Lookup }
  : { readonly [K in keyof L & string]: L[K] extends readonly (infer X extends Lookup)[] ? X : Lookup };

type OwnLookups<T extends Table, D> = {
  readonly [K in keyof D & ColumnName<T>]: D[K] & Lookup;
};

type ActionsOf<A> = {
  readonly [K in keyof A]: A[K] extends { readonly $types?: infer X extends ActionTypes } ? X : never;
};

/** Names of the columns that are declared as a key one by one; of a composite key the types know nothing. */
type KeyColumn<T extends Table> = {
  [K in ColumnName<T>]: T["_"]["columns"][K] extends { readonly _: { readonly isPrimaryKey: true } }
    ? K
    : never;
}[ColumnName<T>];

type KeyOf<T extends Table> = [KeyColumn<T>] extends [never]
  ? Key
  : Extract<WireValue<Row<T>[KeyColumn<T>]>, string | number>;

/** What callers may write of a table: columns that are shown (`F`) and not read-only (`W`). */
type Writable<T extends Table, F extends string, W extends string> = WireRowOf<
  Pick<InferInsertModel<T>, Extract<keyof InferInsertModel<T>, Exclude<F | KeyColumn<T>, W>>>
>;

/** The key of a row that is changed is known; it may be repeated, not changed. */
type WithoutKey<T extends Table, Values> = Omit<Values, KeyColumn<T>> &
  Partial<Pick<Values, Extract<keyof Values, KeyColumn<T>>>>;

/** A row of which every caller is shown the key `K`, and the rest only some where the fields depend on the caller (`V`). */
type SeenRow<R, K, V> = [V] extends [never] ? R : Pick<R, Extract<keyof R, K>> & Partial<R>;

/** The types that a declaration has for its clients. */
export interface TypesOf<
  T extends Table,
  F extends ColumnName<T>,
  C,
  P extends Schemas,
  L,
  O extends string,
  I extends InputSchemas,
  A,
  W extends string,
  S extends SchemaModule = NoSchema,
  N = NoSchema,
  V extends string = never,
> extends ResourceTypes {
  /** Name of the table in the database. */
  readonly table: T["_"]["name"];
  readonly nesting: NestingTypes<S, T["_"]["name"], N>;
  readonly row: SeenRow<
    WireRowOf<Pick<Row<T>, F | KeyColumn<T>>> & { readonly [K in keyof C]: WireValue<C[K]> },
    KeyColumn<T>,
    V
  >;
  readonly key: KeyOf<T>;
  readonly keyField: KeyColumn<T>;
  readonly create: InputType<I, "create", Writable<T, F, W>>;
  readonly update: InputType<I, "update", WithoutKey<T, Writable<T, F, W>>>;
  readonly patch: InputType<I, "patch", Partial<Writable<T, F, W>>>;
  readonly filterRow: WireRowOf<Row<T>>;
  readonly filters: OwnLookups<T, LookupsDeclared<L>>;
  readonly relatedFilters: RelatedFilters<S, T["_"]["name"], LookupsDeclared<L>>;
  readonly orderBy: O;
  readonly params: InputOf<P>;
  readonly actions: ActionsOf<A>;
}

/**
 * Declares how a table is exposed.
 *
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { resource } from "liveset";
 *
 * const tasks = sqliteTable("tasks", {
 *   id: integer().primaryKey(),
 *   text: text().notNull(),
 *   done: integer({ mode: "boolean" }).notNull().default(false),
 *   ownerId: integer(),
 * });
 * export const taskResource = resource(tasks, {
 *   fields: ["id", "text", "done"],
 *   scope: ({ user }) => (user === null ? { ownerId: null } : { ownerId: Number(user.id) }),
 *   filters: ["done", "text"],
 *   orderBy: ["id", "text"],
 * });
 * ```
 */
export function resource<
  T extends Table,
  const F extends ColumnName<T> = ColumnName<T>,
  C = Nothing,
  const P extends Schemas = Nothing,
  const L extends FilterDeclaration<T> = readonly [],
  const O extends ColumnName<T> = never,
  const I extends InputSchemas = Nothing,
  const A extends Readonly<Record<string, Action<T>>> = Nothing,
  const W extends ColumnName<T> = never,
  S extends SchemaModule = NoSchema,
  const N extends NestingDeclaration = Nothing,
  const V extends string = never,
>(
  table: T,
  options?: ResourceOptions<T, F, C, P, L, O, I, A, W, S, N, V>,
): Resource<TypesOf<T, F, C, P, L, O, I, A, W, S, N, V>> {
  return { table, options: (options ?? {}) as unknown as AnyResourceOptions };
}
