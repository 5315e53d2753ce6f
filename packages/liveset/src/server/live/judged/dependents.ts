import type { Change } from "../../../core/change/change.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import type { Columns } from "../../../core/query/column-kind.ts";
import type { Dependency } from "../../../core/query/dependencies-of.ts";
import type { Relation } from "../../../core/query/predicate.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Filed } from "../matcher/filed.ts";
import { type Filing, Matcher } from "../matcher/matcher.ts";
import { readsOf } from "../reads-of.ts";
import type { Address, AddressStep } from "./address.ts";
import { Family } from "./family.ts";
import type { JudgedQuery } from "./judged-query.ts";

/** How a change of a table comes to concern a group, or a family of them: which of their rows it may concern. */
export type Way = (OfGroup | OfFamily) & {
  /** The relations that lead from the group's rows to the changed one, none for the row itself. Null: it may concern all rows. */
  readonly path: readonly Relation[] | null;
  /** The same as text. */
  readonly text: string;
};

interface OfGroup {
  readonly family: null;
  readonly group: Group;
  readonly judged: JudgedQuery;
}

interface OfFamily {
  readonly family: Family;
}

interface FiledWay {
  readonly keys: Filed<Way>["keys"];
  readonly remove: () => void;
}

type Index = Map<string, Matcher<Way>>;

type Table = Pick<TableInfo, "name" | "key"> & { readonly columns: Columns };

const unknownColumns: Columns = new Map();

/**
 * The index from a change to the groups that only the database can judge. A group is filed under its own table, and under each
 * table that its predicate crosses to, by what it asks there: of a thousand lists each of another member, the change of
 * a membership finds the list of this member. Where it asks nothing that tells it from others of its family, the family is filed
 * in its place, once for all of them.
 */
export class Dependents {
  readonly #byTable: Index = new Map();
  /** Tables that are only named by SQL, of which nothing else is known. */
  readonly #bySql: Index = new Map();
  readonly #families = new Map<string, { readonly family: Family; readonly filed: FiledWay }>();
  #size = 0;

  /** Files a group until `remove` is called. `keys`: where it is filed under its own table. */
  add(group: Group, judged: JudgedQuery): FiledWay {
    const { address, dependencies } = judged;
    const whose: OfGroup = { family: null, group, judged };
    const told = dependencies.filter((dependency) => address === null || tellsApart(address, dependency));
    const ways = told.map((dependency) => this.#fileDependency(judged, whose, dependency));
    const own = address === null ? this.#fileOwn(judged, whose) : this.#join(group, judged, address);
    this.#size++;
    return {
      keys: own.keys,
      remove: () => {
        this.#size--;
        for (const { remove } of [own, ...ways]) remove();
      },
    };
  }

  /** Who may be concerned by a change, and how. Groups whose rows have not been read yet are left out: they will be read after it. */
  concerned(change: Change): readonly Way[] {
    if (this.#size === 0) return [];
    const { table } = change;
    const ways = [this.#byTable, this.#bySql].flatMap((index) => index.get(table)?.probe(change) ?? []);
    return ways.filter((way) => way.family !== null || way.judged.members !== null);
  }

  /** Whether a transaction may concern a group whose rows have been read. */
  mayConcern(group: Group, { changes }: Transaction): boolean {
    const isOf = (way: Way): boolean => (way.family === null ? way.group === group : way.family.has(group));
    return changes.some((change) => this.concerned(change).some(isOf));
  }

  /** Takes a group into its family, which is filed as long as it has groups. */
  #join(group: Group, judged: JudgedQuery, address: Address): FiledWay {
    const reads = readsOf(judged.query);
    const text = JSON.stringify([judged.info.name, reads === null ? null : [...reads].sort(), address.rest]);
    const { family, filed } = getOrMake(this.#families, text, () => this.#makeFamily(judged, address));
    const leave = family.add(group, judged, address);
    return {
      keys: filed.keys,
      remove: () => {
        leave();
        if (family.size > 0) return;
        this.#families.delete(text);
        filed.remove();
      },
    };
  }

  #makeFamily(judged: JudgedQuery, address: Address): { readonly family: Family; readonly filed: FiledWay } {
    const family = new Family(judged, address);
    const own = this.#fileOwn(judged, { family });
    const shared = judged.dependencies.filter((dependency) => !tellsApart(address, dependency));
    const ways = shared.map((dependency) => this.#fileDependency(judged, { family }, dependency));
    const remove = (): void => {
      for (const way of [own, ...ways]) way.remove();
    };
    return { family, filed: { keys: own.keys, remove } };
  }

  #fileOwn({ info, query }: JudgedQuery, whose: OfGroup | OfFamily): FiledWay {
    const filing = { predicate: query.bound.predicate, reads: readsOf(query) };
    return file(this.#byTable, info, { ...whose, path: [], text: "" }, filing);
  }

  #fileDependency(
    { info }: JudgedQuery,
    whose: OfGroup | OfFamily,
    { table, path, of, columns }: Dependency,
  ): FiledWay {
    const way: Way = { ...whose, path, text: pathText(path) };
    const filing = { predicate: of, reads: columns };
    return path === null
      ? file(this.#bySql, { name: table, columns: unknownColumns, key: [] }, way, filing)
      : file(this.#byTable, follow(info, path), way, filing);
  }
}

/** Whether what a predicate asks of a related row itself has values of the address in it: those find the group. */
function tellsApart({ steps }: Address, { path }: Dependency): boolean {
  return steps.some((step) => step.columns.length > 0 && pathText(pathOf(steps, step)) === pathText(path));
}

function pathOf(steps: readonly AddressStep[], { from, relation }: AddressStep): readonly Relation[] {
  const outer = from === null ? undefined : steps[from];
  return outer === undefined ? [relation] : [...pathOf(steps, outer), relation];
}

function pathText(path: readonly Relation[] | null): string {
  return JSON.stringify(path?.map(({ name }) => name) ?? null);
}

function file(index: Index, { name, columns, key }: Table, way: Way, filing: Filing): FiledWay {
  const matcher = getOrMake(index, name, () => new Matcher<Way>(columns, key));
  const filed = matcher.add(way, filing);
  return {
    keys: filed.keys,
    remove: () => {
      matcher.remove(filed);
      if (matcher.isEmpty && index.get(name) === matcher) index.delete(name);
    },
  };
}

function follow(info: TableInfo, path: readonly Relation[]): TableInfo {
  return path.reduce((table, { name }) => {
    const relation = table.relations.get(name);
    if (relation === undefined) throw new TypeError(`No relation "${name}" of "${table.name}".`);
    return relation.target();
  }, info);
}
