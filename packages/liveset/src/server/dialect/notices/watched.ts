import type { CompiledResource } from "../../compiled-resource.ts";
import { type ParentRelation, parentsOf } from "../../parents-of.ts";
import type { NoticesOptions } from "./notices-options.ts";

/** What rows are called in notices. */
export interface Named {
  readonly table: string;
  readonly prefix: string;
}

/** A resource whose changes are told. */
export interface Watched {
  readonly resource: CompiledResource;
  readonly named: Named;
  readonly parents: readonly (ParentRelation & { readonly named: Named })[];
  /** A row of the clients' own that has its rows as children. */
  readonly root: { readonly table: string; readonly id: string } | null;
}

/** What all connections share: whose changes are told, and as what. */
export interface Watching {
  readonly watched: readonly Watched[];
  /** Resources whose rows are named as parents: a client hears of those that it may see. */
  readonly parents: readonly CompiledResource[];
  readonly parentsOfDeleted: boolean;
}

/**
 * Checks the options against the resources.
 *
 * @throws Error that names the option where it speaks of a resource that there is not, or that does not offer list.
 */
export function watchedOf(
  resources: ReadonlyMap<string, CompiledResource>,
  { resources: names, translate = {}, roots = {}, parentsOfDeleted = false }: NoticesOptions,
): Watching {
  for (const [option, given] of Object.entries({
    resources: names ?? [],
    translate: Object.keys(translate),
    roots: Object.keys(roots),
  })) {
    for (const name of given) {
      const resource = resources.get(name);
      if (resource === undefined) throw new Error(`notices.${option} names "${name}", which is no resource.`);
      if (option === "resources" && !resource.operations.has("list"))
        throw new Error(`notices.resources names "${name}", which does not offer list.`);
    }
  }
  const chosen = names === undefined ? null : new Set(names);
  const isWatched = ({ name, operations }: CompiledResource): boolean =>
    chosen === null ? operations.has("list") : chosen.has(name);
  const namedOf = ({ name }: CompiledResource): Named => {
    const { table = name, prefix = "" } = Object.hasOwn(translate, name) ? (translate[name] ?? {}) : {};
    return { table, prefix };
  };
  const watched = [...resources.values()].filter(isWatched).map((resource): Watched => {
    const parents = parentsOf(resources, resource);
    return {
      resource,
      named: namedOf(resource),
      parents: parents.map((parent) => ({ ...parent, named: namedOf(parent.resource) })),
      root: Object.hasOwn(roots, resource.name) ? (roots[resource.name] ?? null) : null,
    };
  });
  const parents = new Set(watched.flatMap((one) => one.parents.map(({ resource }) => resource)));
  return { watched, parents: [...parents], parentsOfDeleted };
}
