import type { Change } from "../../core/change/change.ts";
import { columnsOf } from "../../core/query/columns-of.ts";
import { isExactPredicate } from "../../core/query/exactness.ts";
import type { SqlDialect } from "../database/sql-dialect.ts";
import type { Explanation } from "./explanation.ts";
import { getOrMake } from "./get-or-make.ts";
import { Group } from "./group.ts";
import { Dependents } from "./judged/dependents.ts";
import { JudgedQuery } from "./judged/judged-query.ts";
import type { LiveQuery } from "./live-query.ts";
import type { Filed } from "./matcher/filed.ts";
import { Matcher } from "./matcher/matcher.ts";
import { readsOf } from "./reads-of.ts";
import type { Subscriber } from "./subscriber.ts";

/** A group whose rows are kept. */
interface Judged {
  readonly item: Group;
  readonly keys: Filed<Group>["keys"];
  readonly remove: () => void;
}

/** All groups of a hub. A group exists as long as somebody holds it. */
export class Groups {
  /** Those that only the database can judge, by what may concern them. */
  readonly dependents: Dependents = new Dependents();
  readonly #dialect: SqlDialect;
  readonly #byText = new Map<string, Filed<Group> | Judged>();
  readonly #byTable = new Map<string, Matcher<Group>>();
  #last = 0;

  /** @param dialect decides what memory can judge as the database would */
  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  get size(): number {
    return this.#byText.size;
  }

  /** The group with a text, undefined where nobody holds it. */
  find(text: string): Group | undefined {
    return this.#byText.get(text)?.item;
  }

  /** The group of a query, from now on held by the subscriber. */
  join(query: LiveQuery, plan: string, subscriber: Subscriber): Group {
    const group = getOrMake(this.#byText, query.text, () => this.#make(query, plan)).item;
    group.subscribers.add(subscriber);
    return group;
  }

  leave(group: Group, subscriber: Subscriber): void {
    group.subscribers.delete(subscriber);
    const filed = this.#byText.get(group.text);
    if (group.subscribers.size > 0 || filed?.item !== group) return;
    this.#byText.delete(group.text);
    if ("remove" in filed) return filed.remove();
    const table = group.resource.info.name;
    const matcher = this.#byTable.get(table);
    matcher?.remove(filed);
    if (matcher?.isEmpty) this.#byTable.delete(table);
  }

  /** The groups that memory can judge, and that a change may concern. */
  candidates(change: Change): Iterable<Group> {
    return this.#byTable.get(change.table)?.probe(change) ?? [];
  }

  /** How changes find a group. */
  foundBy(group: Group): Explanation["found"] {
    const filed = this.#byText.get(group.text);
    if (filed === undefined) return null;
    const { judged } = filed.item;
    if (judged !== null && judged.window?.isExact !== true) return { by: "database" };
    return filed.keys === null ? { by: "scan" } : { by: "index", keys: filed.keys };
  }

  #make(query: LiveQuery, plan: string): Filed<Group> | Judged {
    const { predicate, scope, resource } = query.bound;
    const { name, columns, key } = resource.info;
    // Of a list with a permission, a leave is told only of rows that were shown, so these are kept.
    const isKept =
      query.bound.nested.length > 0 || query.window !== null || (query.isList && query.may !== null);
    if (isKept || !isExactPredicate(predicate, columns, this.#dialect)) {
      const judged = new JudgedQuery(query, this.#dialect);
      const group = new Group(++this.#last, query, plan, judged);
      return { item: group, ...this.dependents.add(group, judged) };
    }
    const matcher = getOrMake(this.#byTable, name, () => new Matcher<Group>(columns, key));
    const filing = { predicate, reads: readsOf(query), preferred: columnsOf(scope) ?? new Set<string>() };
    return matcher.add(new Group(++this.#last, query, plan, null), filing);
  }
}
