/** Kept outside of components, because React forgets those that suspend before they were mounted; until they are settled. */
const waits = new WeakMap<object, Map<string, Promise<void>>>();

/** One promise for all components, and all their attempts, that wait for the same thing of an owner. */
export function waitOnce(owner: object, name: string, wait: () => Promise<void>): Promise<void> {
  const ofOwner = waits.get(owner) ?? new Map<string, Promise<void>>();
  waits.set(owner, ofOwner);
  const promise = ofOwner.get(name) ?? wait().finally(() => ofOwner.delete(name));
  ofOwner.set(name, promise);
  return promise;
}
