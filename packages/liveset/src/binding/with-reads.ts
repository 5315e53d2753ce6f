/**
 * Gives an object properties of which each is read from `state` whenever it is read, for frameworks that notice what is read.
 *
 * @returns the object itself
 */
export function withReads<R extends object, S extends object>(
  target: R,
  names: readonly (keyof S)[],
  state: () => S,
): R & S {
  for (const name of names)
    Object.defineProperty(target, name, { get: () => state()[name], enumerable: true });
  return target as R & S;
}
