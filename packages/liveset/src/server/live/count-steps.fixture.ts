type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Methods of arrays that look at their elements one by one. */
const arrayMethods = [
  "map",
  "filter",
  "forEach",
  "flatMap",
  "reduce",
  "some",
  "every",
  "find",
  "findIndex",
  "includes",
  "indexOf",
  "splice",
  "slice",
  "concat",
  "sort",
] as const;

/** Replaces a method by itself and a count of what it looks at. Returns what puts it back. */
function spy(owner: object, name: string, count: (self: unknown) => void): () => void {
  const method = Reflect.get(owner, name) as Method;
  const spied: Method = function (...args) {
    count(this);
    return Reflect.apply(method, this, args);
  };
  Reflect.set(owner, name, spied);
  return () => void Reflect.set(owner, name, method);
}

/**
 * How many elements of maps, sets and arrays are looked at one by one, by anybody, until `work` is done. Work counted so is the same on
 * every machine, unlike time.
 */
export async function countSteps(work: () => Promise<void>): Promise<number> {
  let steps = 0;
  const iterators = [new Map().entries(), new Set().values(), [].values()];
  const restore = [
    ...iterators.map((iterator) =>
      spy(Object.getPrototypeOf(iterator) as object, "next", () => void steps++),
    ),
    ...[Map.prototype, Set.prototype].map((owner) =>
      spy(owner, "forEach", (self) => {
        steps += (self as ReadonlySet<unknown>).size;
      }),
    ),
    ...arrayMethods.map((name) =>
      spy(Array.prototype, name, (self) => {
        steps += (self as readonly unknown[]).length;
      }),
    ),
  ];
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return steps;
}
