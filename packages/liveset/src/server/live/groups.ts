import type { Change } from "../../core/change/change.ts";
import { getOrMake } from "./get-or-make.ts";
import { Group } from "./group.ts";
import type { LiveQuery } from "./live-query.ts";
import { Matcher } from "./matcher.ts";
import type { Subscriber } from "./subscriber.ts";

/** All groups of a hub. A group exists as long as somebody holds it. */
export class Groups {
  readonly #byText = new Map<string, Group>();
  readonly #byTable = new Map<string, Matcher<Group>>();
  #last = 0;

  get size(): number {
    return this.#byText.size;
  }

  /** The group with a text, undefined where nobody holds it. */
  find(text: string): Group | undefined {
    return this.#byText.get(text);
  }

  /** The group of a query, from now on held by the subscriber. */
  join(query: LiveQuery, plan: string, subscriber: Subscriber): Group {
    let group = this.#byText.get(query.text);
    if (group === undefined) {
      group = new Group(++this.#last, query, plan);
      this.#byText.set(query.text, group);
      this.#matcher(group).add(group, group.keys);
    }
    group.subscribers.add(subscriber);
    return group;
  }

  leave(group: Group, subscriber: Subscriber): void {
    group.subscribers.delete(subscriber);
    if (group.subscribers.size > 0 || this.#byText.get(group.text) !== group) return;
    this.#byText.delete(group.text);
    const matcher = this.#matcher(group);
    matcher.remove(group, group.keys);
    if (matcher.isEmpty) this.#byTable.delete(group.resource.info.name);
  }

  /** The groups that a change may concern. */
  candidates(change: Change): Iterable<Group> {
    return this.#byTable.get(change.table)?.probe(change) ?? [];
  }

  #matcher({ resource: { info } }: Group): Matcher<Group> {
    return getOrMake(this.#byTable, info.name, () => new Matcher<Group>());
  }
}
