import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { canonical } from "../../core/query/canonical.ts";
import { haveOneOf, type Tuple } from "../../core/query/have-one-of.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import type { Binding } from "../database/bindings.ts";
import { rowsOfEach } from "../database/read-alike.ts";
import { shapeOf } from "../database/shape.ts";
import { groupBy } from "../group-by.ts";
import { inParts } from "../in-parts.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { settle } from "../settle.ts";
import { ensureFew } from "./ensure-few.ts";
import { type Children, cutOf, readJoined } from "./read-joined.ts";

/** Values in one query of the database: those that join rows, and all. */
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
    const shared = alike.length > 1 ? await settle(() => readTogether(runtime, db, alike)) : null;
    if (shared?.status === "rejected" && !(shared.reason instanceof LivesetError)) {
      // Said, because the rows stay right and only the time shows it.
      runtime.log.warn(
        { err: shared.reason, lists: alike.length },
        "a shared query of nested rows failed: those of each list are read by themselves",
      );
    }
    for (const want of alike) {
      const rows = shared?.status === "fulfilled" ? shared.value.get(want) : undefined;
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

/** Those that one query can answer for: their predicates are alike but for their operands, or equal where those cannot be bound. */
function alikes(wants: readonly Children[]): Iterable<readonly Children[]> {
  return groupBy(wants, (want) => {
    const { bound, relation } = want;
    const { text, binding } = shapeOf(bound.predicate, bound.resource.info);
    const isBindable = binding !== null && [...want.tuples.values()].every((tuple) => bindingOf(want, tuple));
    const same = isBindable ? [text] : [text, canonical(bound.predicate)];
    return JSON.stringify([same, relation.to, bound.order, cutOf(bound)]);
  }).values();
}

/** The values that join rows, as the database is given them with those of other lists; null where they cannot be given so. */
function bindingOf({ relation, bound }: Children, tuple: Tuple): Binding | null {
  return shapeOf(joinedBy(relation.to, tuple, { op: "true" }), bound.resource.info).binding;
}

async function readTogether(
  runtime: Runtime,
  db: Db,
  wants: readonly Children[],
): Promise<ReadonlyMap<Children, readonly WireRow[]>> {
  const [first] = wants;
  if (first === undefined) return new Map();
  const joined = byBinding(wants);
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

function byBinding(wants: readonly Children[]): readonly Joined[] {
  const bindings = wants.map(({ bound }) => shapeOf(bound.predicate, bound.resource.info).binding ?? []);
  return [...groupBy(wants.keys(), (place) => JSON.stringify(bindings[place])).values()].map((places) => {
    const of = places.flatMap((place) => wants[place] ?? []);
    return {
      binding: bindings[places[0] ?? 0] ?? [],
      of,
      tuples: new Map(of.flatMap(({ tuples }) => [...tuples])),
    };
  });
}

/** The rows of each of several predicates of one shape, by their places. */
async function readEach(
  { database: { dialect }, limits }: Runtime,
  db: Db,
  first: Children,
  joined: readonly Joined[],
): Promise<readonly (readonly WireRow[])[]> {
  const { bound, relation } = first;
  const { to } = relation;
  const { info } = bound.resource;
  const pairs = joined.flatMap(({ tuples }, place) =>
    [...tuples.values()].map((tuple) => ({ place, tuple })),
  );
  const found: WireRow[][] = joined.map(() => []);
  const width = to.length + (joined[0]?.binding.length ?? 0);
  const most = limits.liveRows * joined.length;
  let count = 0;
  for (const part of inParts(pairs, Math.max(1, Math.min(mostTuples, Math.floor(mostValues / width))))) {
    const [one] = part;
    if (one === undefined) continue;
    const predicate = joinedBy(to, one.tuple, bound.predicate);
    const bindings = part.map(({ place, tuple }) => [
      ...(bindingOf(first, tuple) ?? []),
      ...(joined[place]?.binding ?? []),
    ]);
    const rows = await rowsOfEach(
      db,
      dialect,
      { info, predicate, bindings },
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
