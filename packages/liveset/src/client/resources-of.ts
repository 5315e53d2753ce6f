/** An object that has something for every name, but for those that others look for on any object: promises, JSON, frameworks' marks. */
export function resourcesOf<T>(make: (name: string) => T, own: object = {}): object {
  return new Proxy(own, {
    get: (_, name) => (name in own || !isResourceName(name) ? Reflect.get(own, name) : make(name)),
  });
}

function isResourceName(name: string | symbol): name is string {
  return typeof name === "string" && name !== "then" && name !== "toJSON" && !/^[_$@]/.test(name);
}
