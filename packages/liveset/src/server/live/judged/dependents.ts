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
import type { JudgedQuery } from "./judged-query.ts";

/** How a change of a table comes to concern a group: which of the group's rows it may concern. */
export interface Way {
  readonly group: Group;
  readonly judged: JudgedQuery;
  /** The relations that lead from the group's rows to the changed one, none for the row itself. Null: it may concern all rows. */
  readonly path: readonly Relation[] | null;
  /** The same as text. */
  readonly text: string;
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
 * a membership finds the list of this member.
 */
export class Dependents {
  readonly #byTable: Index = new Map();
  /** Tables that are only named by SQL, of which nothing else is known. */
  readonly #bySql: Index = new Map();
  #size = 0;

  /** Files a group until `remove` is called. `keys`: where it is filed under its own table. */
  add(group: Group, judged: JudgedQuery): FiledWay {
    const { info, query, dependencies } = judged;
    const own = file(
      this.#byTable,
      info,
      { group, judged, path: [], text: "" },
      { predicate: query.bound.predicate, reads: readsOf(query) },
    );
    const others = dependencies.map((dependency) => this.#fileDependency(group, judged, dependency));
    this.#size++;
    return {
      keys: own.keys,
      remove: () => {
        this.#size--;
        for (const { remove } of [own, ...others]) remove();
      },
    };
  }

  /** Who may be concerned by a change, and how. Groups whose rows have not been read yet are left out: they will be read after it. */
  concerned(change: Change): readonly Way[] {
    if (this.#size === 0) return [];
    const { table } = change;
    const ways = [this.#byTable, this.#bySql].flatMap((index) => index.get(table)?.probe(change) ?? []);
    return ways.filter(({ judged }) => judged.members !== null);
  }

  /** Whether a transaction may concern a group whose rows have been read. */
  mayConcern(group: Group, { changes }: Transaction): boolean {
    return changes.some((change) => this.concerned(change).some((way) => way.group === group));
  }

  #fileDependency(group: Group, judged: JudgedQuery, dependency: Dependency): FiledWay {
    const { table, path, of, columns } = dependency;
    const way: Way = { group, judged, path, text: JSON.stringify(path?.map(({ name }) => name) ?? null) };
    const filing = { predicate: of, reads: columns };
    return path === null
      ? file(this.#bySql, { name: table, columns: unknownColumns, key: [] }, way, filing)
      : file(this.#byTable, follow(judged.info, path), way, filing);
  }
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
