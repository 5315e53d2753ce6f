import type { KeyText } from "../../../core/key/key.ts";
import type { Shape } from "../../database/shape.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import { type Address, type AddressStep, addressText } from "./address.ts";
import type { JudgedQuery } from "./judged-query.ts";

/**
 * Groups whose predicates differ in their addresses alone, as the lists of a thousand members of lists do. A change that
 * concerns one of them may concern any, so it concerns the family; which of them it is about, the addresses tell that the rows in
 * question reach now, and which of them show the rows.
 */
export class Family {
  readonly info: TableInfo;
  /** Of all their predicates. */
  readonly shape: Shape;
  readonly steps: readonly AddressStep[];
  readonly #groups = new Map<Group, JudgedQuery>();
  readonly #byAddress = new Map<string, Set<Group>>();
  readonly #byRow = new Map<KeyText, Set<Group>>();

  constructor({ info, shape }: JudgedQuery, { steps }: Address) {
    this.info = info;
    this.shape = shape;
    this.steps = steps;
  }

  get size(): number {
    return this.#groups.size;
  }

  has(group: Group): boolean {
    return this.#groups.has(group);
  }

  /** Takes a group in, until the returned function is called. */
  add(group: Group, judged: JudgedQuery, { values }: Address): () => void {
    const address = addressText(values);
    const hide = (key: KeyText): void => drop(this.#byRow, key, group);
    const stop = judged.watch({ shown: (key) => put(this.#byRow, key, group), hidden: hide });
    this.#groups.set(group, judged);
    put(this.#byAddress, address, group);
    return () => {
      stop();
      this.#groups.delete(group);
      drop(this.#byAddress, address, group);
    };
  }

  /** All groups whose rows have been read. The others will be read after what may concern them. */
  groups(): ReadonlyMap<Group, JudgedQuery> {
    return this.#known(this.#groups.keys());
  }

  /** Those of them that may have one of some rows, or show one, or know it to come next in their window. */
  groupsOf(addresses: Iterable<string>, keys: Iterable<KeyText>): ReadonlyMap<Group, JudgedQuery> {
    const found = new Set<Group>();
    for (const address of addresses) for (const group of this.#byAddress.get(address) ?? []) found.add(group);
    for (const key of keys) for (const group of this.#byRow.get(key) ?? []) found.add(group);
    return this.#known(found);
  }

  #known(groups: Iterable<Group>): ReadonlyMap<Group, JudgedQuery> {
    const known = new Map<Group, JudgedQuery>();
    for (const group of groups) {
      const judged = this.#groups.get(group);
      if (judged !== undefined && judged.members !== null) known.set(group, judged);
    }
    return known;
  }
}

function put<K>(index: Map<K, Set<Group>>, key: K, group: Group): void {
  getOrMake(index, key, () => new Set()).add(group);
}

function drop<K>(index: Map<K, Set<Group>>, key: K, group: Group): void {
  const groups = index.get(key);
  groups?.delete(group);
  if (groups?.size === 0) index.delete(key);
}
