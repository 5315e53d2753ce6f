import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { makeContext } from "../make-context.ts";
import { computeFor } from "../per-caller.ts";
import type { Runtime } from "../runtime.ts";
import { projectionOf } from "./projection.ts";

/**
 * A resource as the caller of a context sees it: of its fields those that `fieldsFor` gives him, of its filters and orders those on
 * these fields, and computed fields with their values for him. The same resource where nothing depends on the caller.
 *
 * @throws TypeError where `fieldsFor` names what is no field; whatever it throws.
 */
export async function seenBy(resource: CompiledResource, context: Context): Promise<CompiledResource> {
  const { options } = resource;
  const { user, params } = context;
  const own = Object.entries(options.computed ?? {}).flatMap(([name, field]) => {
    const compute = computeFor(field, { user, params });
    return compute === null ? [] : [[name, compute] as const];
  });
  if (options.fieldsFor === undefined && own.length === 0) return resource;
  const names = await namesFor(resource, context);
  const shows = (name: string): boolean => names.has(name);
  const computed = { ...options.computed, ...Object.fromEntries(own) };
  const seen = {
    ...resource,
    options: {
      ...options,
      computed: Object.fromEntries(Object.entries(computed).filter(([name]) => shows(name))),
      search: (options.search ?? []).filter(shows),
    },
    fields: resource.fields.filter(shows),
    visible: new Map([...resource.visible].filter(([name]) => shows(name))),
    filters: new Map([...resource.filters].filter(([name]) => name.includes(".") || shows(name))),
    sortable: new Set([...resource.sortable].filter(shows)),
    // A page's position carries the values of its order.
    defaultOrder: resource.defaultOrder.filter(({ column }) => shows(column)),
    caller: own.some(([name]) => shows(name)) ? callerText(resource, user, params) : "",
  };
  return { ...seen, projection: projectionOf(seen) };
}

/**
 * The context of a call, and its resource as the caller sees it.
 *
 * @throws LivesetError as `makeContext` does, and what `seenBy` throws.
 */
export async function callerOf(
  runtime: Runtime,
  declared: CompiledResource,
  call: Parameters<typeof makeContext>[2],
): Promise<{ readonly context: Context; readonly resource: CompiledResource }> {
  const context = await makeContext(runtime, declared, call);
  return { context, resource: await seenBy(declared, context) };
}

/** The fields that are shown, those that name a row always among them. */
async function namesFor(
  { name: own, projection, info, options }: CompiledResource,
  context: Context,
): Promise<ReadonlySet<string>> {
  const all = new Set([...projection.fields, ...projection.computed]);
  if (options.fieldsFor === undefined) return all;
  const given: unknown = await options.fieldsFor(context);
  if (!Array.isArray(given)) throw new TypeError(`fieldsFor of "${own}" gave no array.`);
  const strange = given.find((name) => !all.has(name));
  if (strange !== undefined)
    throw new TypeError(`fieldsFor of "${own}" names "${strange}", which is none of its fields.`);
  return new Set([...info.key, ...(options.lookupBy ?? []), ...given]);
}

/** Callers with the same text are shown the same. */
function callerText({ name }: CompiledResource, user: Context["user"], params: Context["params"]): string {
  try {
    return JSON.stringify([user, params]);
  } catch (cause) {
    throw new TypeError(`A field of "${name}" depends on a caller that is no JSON.`, { cause });
  }
}
