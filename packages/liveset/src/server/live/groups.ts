import type { Change } from "../../core/change/change.ts";
import { columnsOf } from "../../core/query/columns-of.ts";
import { getOrMake } from "./get-or-make.ts";
import { Group } from "./group.ts";
import type { LiveQuery } from "./live-query.ts";
import type { Filed } from "./matcher/filed.ts";
import { Matcher } from "./matcher/matcher.ts";
import { readsOf } from "./reads-of.ts";
import type { Subscriber } from "./subscriber.ts";

/** All groups of a hub. A group exists as long as somebody holds it. */
export class Groups {
  readonly #byText = new Map<string, Filed<Group>>();
  readonly #byTable = new Map<string, Matcher<Group>>();
  #last = 0;

  get size(): number {
    return this.#byText.size;
  }

  /** The group with a text, undefined where nobody holds it. */
  find(text: string): Group | undefined {
    return this.#byText.get(text)?.item;
  }

  /** The group of a query, from now on held by the subscriber. */
  join(query: LiveQuery, plan: string, subscriber: Subscriber): Group {
    const group = getOrMake(this.#byText, query.text, () => this.#file(query, plan)).item;
    group.subscribers.add(subscriber);
    return group;
  }

  leave(group: Group, subscriber: Subscriber): void {
    group.subscribers.delete(subscriber);
    const filed = this.#byText.get(group.text);
    if (group.subscribers.size > 0 || filed?.item !== group) return;
    this.#byText.delete(group.text);
    const table = group.resource.info.name;
    const matcher = this.#byTable.get(table);
    matcher?.remove(filed);
    if (matcher?.isEmpty) this.#byTable.delete(table);
  }

  /** The groups that a change may concern. */
  candidates(change: Change): Iterable<Group> {
    return this.#byTable.get(change.table)?.probe(change) ?? [];
  }

  #file(query: LiveQuery, plan: string): Filed<Group> {
    const { predicate, scope, resource } = query.bound;
    const { name, columns, key } = resource.info;
    const matcher = getOrMake(this.#byTable, name, () => new Matcher<Group>(columns, key));
    const filing = { predicate, reads: readsOf(query), preferred: columnsOf(scope) ?? new Set<string>() };
    return matcher.add(new Group(++this.#last, query, plan), filing);
  }
}
