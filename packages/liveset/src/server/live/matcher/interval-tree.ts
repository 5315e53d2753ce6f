import {
  type Compare,
  compareHigh,
  compareLow,
  type Interval,
  isAfter,
  isBefore,
} from "../../../core/query/interval.ts";
import type { Operand } from "../../../core/query/predicate.ts";

interface Node<V> {
  interval: Interval;
  value: V;
  left: Node<V> | null;
  right: Node<V> | null;
  height: number;
  /** Of all intervals at and below the node, one that ends last. */
  last: Interval;
}

/**
 * A map from intervals to values that knows which intervals contain a value: an AVL tree by lower bound, in which each
 * node knows how far up its subtree reaches. So whole subtrees that end too early are left out:
 *
 *                [40, 50] …90
 *               ╱            ╲
 *       [10, 90] …90      [60, 70] …80       which contain 75? Everything left of 60 that reaches 75,
 *           ╱                    ╲           and of the right half what begins by then.
 *     [0, 20] …20              [75, 80] …80
 *
 * Setting and deleting take O(log n), finding k intervals O((k + 1) log n).
 */
export class IntervalTree<V> {
  readonly #compare: Compare;
  #root: Node<V> | null = null;

  /** @param compare the order of the bounds; total for all that are ever given */
  constructor(compare: Compare) {
    this.#compare = compare;
  }

  get isEmpty(): boolean {
    return this.#root === null;
  }

  get(interval: Interval): V | undefined {
    let node = this.#root;
    while (node !== null) {
      const order = this.#order(interval, node.interval);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  set(interval: Interval, value: V): void {
    this.#root = this.#set(this.#root, interval, value);
  }

  delete(interval: Interval): void {
    this.#root = this.#delete(this.#root, interval);
  }

  /** Calls back with the value of every interval that contains a value. */
  containing(value: Operand, found: (value: V) => void): void {
    this.#containing(this.#root, value, found);
  }

  /** Calls back with every value. */
  all(found: (value: V) => void): void {
    eachOf(this.#root, found);
  }

  #containing(node: Node<V> | null, value: Operand, found: (value: V) => void): void {
    let here = node;
    while (here !== null && !isAfter(value, here.last, this.#compare)) {
      this.#containing(here.left, value, found);
      if (isBefore(value, here.interval, this.#compare)) return;
      if (!isAfter(value, here.interval, this.#compare)) found(here.value);
      here = here.right;
    }
  }

  #order(a: Interval, b: Interval): number {
    return compareLow(a, b, this.#compare) || compareHigh(a, b, this.#compare);
  }

  #set(node: Node<V> | null, interval: Interval, value: V): Node<V> {
    if (node === null) return { interval, value, left: null, right: null, height: 1, last: interval };
    const order = this.#order(interval, node.interval);
    if (order === 0) {
      node.value = value;
      return node;
    }
    if (order < 0) node.left = this.#set(node.left, interval, value);
    else node.right = this.#set(node.right, interval, value);
    return this.#balanced(node);
  }

  #delete(node: Node<V> | null, interval: Interval): Node<V> | null {
    if (node === null) return null;
    const order = this.#order(interval, node.interval);
    if (order < 0) node.left = this.#delete(node.left, interval);
    else if (order > 0) node.right = this.#delete(node.right, interval);
    else {
      if (node.left === null) return node.right;
      if (node.right === null) return node.left;
      const next = firstOf(node.right);
      node.interval = next.interval;
      node.value = next.value;
      node.right = this.#delete(node.right, next.interval);
    }
    return this.#balanced(node);
  }

  /** The subtree with heights that differ by one at most, where they differed by two. */
  #balanced(node: Node<V>): Node<V> {
    const tilt = heightOf(node.left) - heightOf(node.right);
    if (tilt > 1 && node.left !== null) {
      if (heightOf(node.left.left) < heightOf(node.left.right)) node.left = this.#leftUp(node.left);
      return this.#rightUp(node);
    }
    if (tilt < -1 && node.right !== null) {
      if (heightOf(node.right.right) < heightOf(node.right.left)) node.right = this.#rightUp(node.right);
      return this.#leftUp(node);
    }
    return this.#measured(node);
  }

  /** The right child takes the node's place. */
  #leftUp(node: Node<V>): Node<V> {
    const top = node.right;
    if (top === null) return node;
    node.right = top.left;
    top.left = this.#measured(node);
    return this.#measured(top);
  }

  /** The left child takes the node's place. */
  #rightUp(node: Node<V>): Node<V> {
    const top = node.left;
    if (top === null) return node;
    node.left = top.right;
    top.right = this.#measured(node);
    return this.#measured(top);
  }

  #measured(node: Node<V>): Node<V> {
    const { left, right } = node;
    node.height = 1 + Math.max(heightOf(left), heightOf(right));
    node.last = node.interval;
    if (left !== null && compareHigh(left.last, node.last, this.#compare) > 0) node.last = left.last;
    if (right !== null && compareHigh(right.last, node.last, this.#compare) > 0) node.last = right.last;
    return node;
  }
}

function heightOf<V>(node: Node<V> | null): number {
  return node === null ? 0 : node.height;
}

function firstOf<V>(node: Node<V>): Node<V> {
  let first = node;
  while (first.left !== null) first = first.left;
  return first;
}

function eachOf<V>(node: Node<V> | null, found: (value: V) => void): void {
  if (node === null) return;
  eachOf(node.left, found);
  found(node.value);
  eachOf(node.right, found);
}
