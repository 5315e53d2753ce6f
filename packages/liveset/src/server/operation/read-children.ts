import { type Column, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import { haveOneOf, type Tuple } from "../../core/query/have-one-of.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import type { Binding } from "../database/bindings.ts";
import { printOrder } from "../database/print-order.ts";
import { printPredicate } from "../database/print-predicate.ts";
import { rowsOfEach } from "../database/read-alike.ts";
import { shapeOf } from "../database/shape.ts";
import { groupBy } from "../group-by.ts";
import { inParts } from "../in-parts.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { settle } from "../settle.ts";
import type { TableInfo } from "../table/table-info.ts";
import type { Bound, Nested } from "./bound.ts";
import { ensureFew } from "./ensure-few.ts";
import { fetchRows } from "./fetch-rows.ts";

/** Related rows that are asked for: those that are joined by one of the tuples of values. */
export interface Children extends Nested {
  /** By their JSON. */
  readonly tuples: ReadonlyMap<string, Tuple>;
}

/** Values in one query of the database. */
const mostTuples = 500;
const mostValues = 5_000;

type Result = PromiseSettledResult<readonly WireRow[]>;

/**
 * Related rows, all columns, those that are joined by the same values in their order: one query of the database for all that are asked
 * for alike. What cannot be read for one of those is its own; where a shared query fails, each is read by itself.
 */
export async function readChildren(
  runtime: Runtime,
  db: Db,
  wants: readonly Children[],
): Promise<readonly Result[]> {
  const results = new Map<Children, Result>();
  for (const alike of alikes(wants)) {
    const shared =
      alike.length > 1
        ? await settle(() => readTogether(runtime, db, alike))
        : ({ status: "rejected" } as const);
    for (const want of alike) {
      const rows = shared.status === "fulfilled" ? shared.value?.get(want) : undefined;
      results.set(
        want,
        rows === undefined
          ? await settle(() => readJoined(runtime, db, want, 1))
          : { status: "fulfilled", value: rows },
      );
    }
  }
  return wants.map((want) => results.get(want) ?? { status: "fulfilled", value: [] });
}

/** Those that one query can answer for. */
function alikes(wants: readonly Children[]): Iterable<readonly Children[]> {
  return groupBy(wants, ({ bound, relation }) =>
    JSON.stringify([
      shapeOf(bound.predicate, bound.resource.info).text,
      relation.to,
      bound.order,
      cutOf(bound),
    ]),
  ).values();
}

/** How many rows of each the database may leave it at: a permission may withhold some. */
function cutOf({ limit, resource }: Bound): number | null {
  return Number.isFinite(limit) && resource.options.permissions?.retrieve === undefined ? limit : null;
}

/** Null where they have to be read one by one. */
async function readTogether(
  runtime: Runtime,
  db: Db,
  wants: readonly Children[],
): Promise<ReadonlyMap<Children, readonly WireRow[]> | null> {
  const [first] = wants;
  if (first === undefined) return null;
  const joined = byBinding(wants);
  if (joined === null) return null;
  const found =
    joined.length > 1
      ? await readEach(runtime, db, first, joined)
      : [await readJoined(runtime, db, { ...first, tuples: joined[0]?.tuples ?? new Map() }, wants.length)];
  const rows = new Map<Children, readonly WireRow[]>();
  for (const [place, { of }] of joined.entries()) {
    const all = groupBy(found[place] ?? [], (row) => textOf(row, first.relation.to));
    for (const want of of) {
      const own = [...want.tuples.keys()].flatMap((text) => all.get(text) ?? []);
      ensureFew(own.length, runtime.limits.liveRows);
      rows.set(want, own);
    }
  }
  return rows;
}

function textOf(row: WireRow, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => row[column] ?? null));
}

/** Those whose predicates are equal, and all the values that they are joined by. */
interface Joined {
  readonly binding: Binding;
  readonly of: readonly Children[];
  readonly tuples: ReadonlyMap<string, Tuple>;
}

/** Null where operands cannot be bound together. */
function byBinding(wants: readonly Children[]): readonly Joined[] | null {
  const bindings = new Map<Children, Binding>();
  for (const want of wants) {
    const { binding } = shapeOf(want.bound.predicate, want.bound.resource.info);
    if (binding === null) return null;
    bindings.set(want, binding);
  }
  const same = groupBy(wants, (want) => JSON.stringify(bindings.get(want)));
  return [...same].map(([text, of]) => ({
    binding: JSON.parse(text) as Binding,
    of,
    tuples: new Map(of.flatMap(({ tuples }) => [...tuples])),
  }));
}

/** The rows of each of several predicates of one shape, by their places. */
async function readEach(
  { database: { dialect }, limits }: Runtime,
  db: Db,
  { relation: { to }, bound }: Children,
  joined: readonly Joined[],
): Promise<readonly (readonly WireRow[])[]> {
  const { info } = bound.resource;
  const pairs = joined.flatMap(({ tuples }, place) =>
    [...tuples.values()].map((tuple) => ({ place, tuple })),
  );
  const found: WireRow[][] = joined.map(() => []);
  const width = to.length + (joined[0]?.binding.length ?? 0);
  const most = limits.liveRows * joined.length;
  let count = 0;
  for (const part of inParts(pairs, Math.max(1, Math.min(mostTuples, Math.floor(mostValues / width))))) {
    const predicates = part.map(({ tuple }) => joinedBy(to, tuple, bound.predicate));
    const [predicate] = predicates;
    const bindings = part.map(({ place, tuple }) => {
      const values = shapeOf(joinedBy(to, tuple, { op: "true" }), info).binding;
      return values === null ? null : [...values, ...(joined[place]?.binding ?? [])];
    });
    if (predicate === undefined || bindings.includes(null)) throw new TypeError("A value cannot be bound.");
    const rows = await rowsOfEach(
      db,
      dialect,
      { info, predicate, bindings: bindings as Binding[] },
      {
        order: bound.order,
        limit: cutOf(bound),
        wholly: false,
        most: most + 1,
        // By its parameters, which PostgreSQL finds by an index; what is compared with bindings it does not.
        ...(dialect === "postgres"
          ? {
              within: haveOneOf(
                to,
                part.map(({ tuple }) => tuple),
              ),
            }
          : {}),
      },
    );
    for (const { place, row } of rows) found[part[place]?.place ?? -1]?.push(row);
    count += rows.length;
    ensureFew(count, most);
  }
  return found;
}

function joinedBy(to: readonly string[], tuple: Tuple, predicate: Predicate): Predicate {
  const joins = to.map(
    (column, index): Predicate => ({
      op: "compare",
      column,
      lookup: "exact",
      value: tuple[index] as Operand,
    }),
  );
  return { op: "and", of: [...joins, predicate] };
}

/** The rows of one predicate, on behalf of so many. */
async function readJoined(
  runtime: Runtime,
  db: Db,
  { relation: { to }, bound, tuples }: Children,
  times: number,
): Promise<readonly WireRow[]> {
  const most = runtime.limits.liveRows * times;
  const rows: WireRow[] = [];
  for (const part of inParts([...tuples.values()], mostTuples)) {
    const predicate: Predicate = { op: "and", of: [bound.predicate, haveOneOf(to, part)] };
    rows.push(...(await readPart(runtime, db, to, { ...bound, predicate }, most + 1)));
    ensureFew(rows.length, most);
  }
  return rows;
}

/** Related rows in their order; where only the first few of each are wanted the database tells which. */
async function readPart(
  { database: { dialect } }: Runtime,
  db: Db,
  to: readonly string[],
  bound: Bound,
  most: number,
): Promise<readonly WireRow[]> {
  const { info } = bound.resource;
  const cut = cutOf(bound);
  if (cut === null) return fetchRows(db, { ...bound, limit: most }, dialect);
  const order = sql.join(printOrder(bound.order, info, dialect), sql`, `);
  const partition = sql.join(
    to.map((name) => sql`${info.columns.get(name)?.drizzle as Column}`),
    sql`, `,
  );
  const ranked = db
    .select({
      ...columnsOf(info),
      "liveset:rank": sql<number>`row_number() over (partition by ${partition} order by ${order})`.as(
        "liveset:rank",
      ),
    })
    .from(info.table as SQLiteTable)
    .where(printPredicate(bound.predicate, info, dialect))
    .as("ranked");
  const rows = await db
    .select()
    .from(ranked)
    .where(sql`${ranked["liveset:rank"]} <= ${cut}`)
    .orderBy(sql`${ranked["liveset:rank"]}`)
    .limit(most);
  return rows.map((row) => info.toWire(row as Readonly<Record<string, unknown>>));
}

function columnsOf({ columns }: TableInfo): Record<string, Column> {
  return Object.fromEntries([...columns].map(([name, { drizzle }]) => [name, drizzle]));
}
