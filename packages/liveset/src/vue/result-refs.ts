import { type ShallowRef, shallowRef } from "vue";
import type { FollowedResult, LiveFollower } from "../binding/live-follower.ts";

/** A ref that is read only, and never deeply reactive. */
export type Shown<T> = Readonly<ShallowRef<T>>;

/** Every part of a result as a ref. */
export type ResultRefs<T> = {
  readonly [K in keyof Required<FollowedResult<T>>]: Shown<FollowedResult<T>[K]>;
};

/**
 * What a follower shows as refs. A page that is rendered on a server, and one that takes it over, show what both can know, until they are told
 * otherwise.
 */
export function resultRefs<T>(
  follower: LiveFollower<T>,
  isRendered: boolean,
): { readonly refs: ResultRefs<T>; showAs(what: "rendered" | "live"): void } {
  let rendered = isRendered;
  const read = () => (rendered ? follower.getServerSnapshot() : follower.getSnapshot());
  const first = read();
  const names = Object.keys(first) as (keyof FollowedResult<T>)[];
  const refs = Object.fromEntries(names.map((name) => [name, shallowRef<unknown>(first[name])]));
  const show = (): void => {
    const result = read();
    for (const name of names) (refs[name] as ShallowRef<unknown>).value = result[name];
  };
  follower.subscribe(show);
  return {
    refs: refs as unknown as ResultRefs<T>,
    showAs: (what) => {
      rendered = what === "rendered";
      show();
    },
  };
}
