import type { Json, WireRow } from "../../../core/json.ts";
import type { HistoryAsk, Query, Term } from "./ask.fixture.ts";
import { type Condition, holds, relatedRows } from "./condition.fixture.ts";
import { type Principal, type ResourceName, resourceNames, resourceSpecs } from "./resources.fixture.ts";
import { boom, keyOf, markers, type TableName, type Tables, tableSpecs } from "./tables.fixture.ts";
import type { Timeline } from "./timeline.fixture.ts";

/** The scopes of a history: by resource a condition, or true for everything. */
export type Scopes = Readonly<Record<ResourceName, Condition | true>>;

/** What a live query is at a moment. */
export interface Truth {
  /** By key, the texts of the rows as they are shown. */
  readonly rows: ReadonlyMap<string, string>;
  readonly facts: string;
}

/** Tells what is true, in plain words of its own: nothing here knows how the product finds it out. */
export class Oracle {
  readonly #scopes: Scopes;
  readonly #timeline: Timeline;
  readonly #truths = new Map<string, Truth>();
  readonly #visible = new Map<string, ReadonlySet<string>>();

  constructor(scopes: Scopes, timeline: Timeline) {
    this.#scopes = scopes;
    this.#timeline = timeline;
  }

  /** What a live query is for a principal at a place of the timeline. */
  truth(ask: HistoryAsk, principal: Principal | null, place: number): Truth {
    return getOrMake(this.#truths, `${nameOf(principal)} ${place} ${ask.text}`, () => {
      const tables = this.#timeline.at(place);
      const all = this.#listed(ask, principal, tables);
      const { table } = resourceSpecs[ask.resource];
      const user = principal?.id ?? 0;
      const asked = all.filter((row) =>
        ask.action === "retrieve"
          ? keyOf(table, row) === ask.key.join("/")
          : ask.where === null || holds(ask.where, row, tables, user) === true,
      );
      if (ask.action === "count") return { rows: new Map(), facts: factsText({ total: asked.length }) };
      const shown = cut(ask, asked);
      const rows = shown.map((row): [string, string] => [
        keyOf(table, row),
        textOf(this.#shown(ask, row, principal, tables)),
      ]);
      const facts = {
        ...(ask.limit === null ? {} : { hasMore: asked.length > ask.limit }),
        ...(ask.total ? { total: asked.length } : {}),
      };
      return { rows: new Map(rows), facts: factsText(facts) };
    });
  }

  /** Whether a marker of a resource's column is shown to a principal by that resource at a place. */
  isVisible(marker: string, resource: ResourceName, principal: Principal | null, place: number): boolean {
    const visible = getOrMake(this.#visible, `${nameOf(principal)} ${place} ${resource}`, () => {
      const found = new Set<string>();
      const { fields, letter } = resourceSpecs[resource];
      for (const row of this.#inScope(resource, principal, this.#timeline.at(place))) {
        for (const field of fields) {
          for (const [text, of] of String(row[field]).matchAll(markers)) if (of === letter) found.add(text);
        }
      }
      return found;
    });
    return visible.has(marker);
  }

  /** Whether a row whose computed field throws may be among those that are asked for. */
  mayThrow(ask: HistoryAsk, principal: Principal | null, place: number): boolean {
    if (ask.resource !== "fragile") return false;
    return this.#inScope("fragile", principal, this.#timeline.at(place)).some(({ label }) => label === boom);
  }

  #listed(query: Query, principal: Principal | null, tables: Tables): readonly WireRow[] {
    return this.#inScope(query.resource, principal, tables);
  }

  #inScope(resource: ResourceName, principal: Principal | null, tables: Tables): readonly WireRow[] {
    return [...tables[resourceSpecs[resource].table].values()].filter((row) =>
      this.#sees(resource, row, principal, tables),
    );
  }

  #sees(resource: ResourceName, row: WireRow, principal: Principal | null, tables: Tables): boolean {
    const scope = this.#scopes[resource];
    const { may } = resourceSpecs[resource];
    const isInside =
      scope === true || principal?.admin === true || holds(scope, row, tables, principal?.id ?? 0) === true;
    return isInside && (may === null || may(principal, row));
  }

  #shown(query: Query, row: WireRow, principal: Principal | null, tables: Tables): WireRow {
    const { table, fields, computed } = resourceSpecs[query.resource];
    const { key, relations } = tableSpecs[table];
    const ordered = query.order.map(({ column }) => column);
    const isShown = (name: string): boolean => query.fields === null || query.fields.has(name);
    const shown: Record<string, Json> = {};
    for (const name of fields) {
      if (isShown(name) || key.includes(name) || ordered.includes(name)) shown[name] = row[name] ?? null;
    }
    for (const [name, compute] of Object.entries(computed))
      if (isShown(name)) shown[name] = computedBy(compute, row);
    for (const { relation: name, query: inner } of query.nested) {
      const relation = relations[name];
      if (relation === undefined) throw new TypeError(`${table} has no ${name}.`);
      const children = relatedRows(relation, row, tables).filter((child) =>
        this.#sees(inner.resource, child, principal, tables),
      );
      const nested = cut(inner, children).map((child) => this.#nested(inner, child, principal, tables));
      shown[name] = relation.many ? nested : (nested[0] ?? null);
    }
    return shown;
  }

  /** Nested rows are in order, so that the columns of it need not be shown. */
  #nested(query: Query, row: WireRow, principal: Principal | null, tables: Tables): WireRow {
    return this.#shown({ ...query, order: [] }, row, principal, tables);
  }
}

/** The names of all resources of which a text carries markers, with the markers. */
export function markersIn(
  text: string,
): readonly { readonly marker: string; readonly resource: ResourceName | null }[] {
  return [...text.matchAll(markers)].map(([marker, letter]) => ({
    marker,
    resource: resourceNames.find((name) => resourceSpecs[name].letter === letter) ?? null,
  }));
}

/** The same text for the same value, whatever the order of its properties. */
export function textOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, part]) => `${name}:${textOf(part)}`).join(",")}}`;
}

/** What is known of a window or a count, as text. */
export function factsText({
  total,
  hasMore,
}: {
  readonly total?: number;
  readonly hasMore?: boolean;
}): string {
  return `${total ?? ""} ${hasMore ?? ""}`;
}

/** Two principals with the same name see the same. */
export function nameOf(principal: Principal | null): string {
  if (principal === null) return "nobody";
  return `user ${principal.id}${principal.admin ? ", admin" : ""}, level ${principal.level}`;
}

/** What throws cannot be shown: nobody's row equals it. */
function computedBy(compute: (row: WireRow) => string, row: WireRow): string {
  try {
    return compute(row);
  } catch {
    return "it throws";
  }
}

function cut({ resource, order, limit }: Query, rows: readonly WireRow[]): readonly WireRow[] {
  const sorted = rows.toSorted(comparing(order, resourceSpecs[resource].table));
  return limit === null ? sorted : sorted.slice(0, limit);
}

function comparing(order: readonly Term[], table: TableName): (a: WireRow, b: WireRow) => number {
  const key = tableSpecs[table].key.map((column): Term => ({ column, descending: false, nullsFirst: true }));
  return (a, b) => {
    for (const { column, descending, nullsFirst } of [...order, ...key]) {
      const [x, y] = [a[column] ?? null, b[column] ?? null];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1;
      return x < y === descending ? 1 : -1;
    }
    return 0;
  };
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
