import type { Resource } from "./resource.ts";

/** Declared resources by name, and in `$types` what their clients know of them. */
export interface Api<R extends Readonly<Record<string, Resource>> = Readonly<Record<string, Resource>>> {
  readonly resources: R;
  /** In types only. */
  readonly $types?: { readonly [K in keyof R]: NonNullable<R[K]["$types"]> };
}
