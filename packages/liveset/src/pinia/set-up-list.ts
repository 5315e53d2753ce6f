import { skipHydrate } from "pinia";
import {
  type ComputedRef,
  computed,
  getCurrentInstance,
  nextTick,
  onMounted,
  onScopeDispose,
  shallowRef,
  toValue,
  watch,
} from "vue";
import { LiveFollower } from "../binding/live-follower.ts";
import { liveText } from "../binding/live-text.ts";
import type { Client } from "../client/client.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { WireRow } from "../core/json.ts";
import type { Target } from "../store/target.ts";
import { resultRefs } from "../vue/result-refs.ts";
import { type KeptList, keepList } from "./kept-list.ts";
import type { LiveStoreOptions, LiveStoreState } from "./live-store.ts";

type Rows = readonly WireRow[];

interface ListSetup {
  readonly client: Client;
  readonly resource: ResourceClient;
  readonly options: LiveStoreOptions<ResourceTypes>;
  /** The state that came with a page from a server. */
  readonly rendered: LiveStoreState<ResourceTypes> | undefined;
}

/** What a live store's setup gives, and what is done with it before a page is rendered on a server. */
export function setUpList({ client, resource, options, rendered }: ListSetup): {
  readonly store: object;
  readonly prefetch: () => Promise<void>;
} {
  const { query, params, key = "id" } = options;
  const asked = (): unknown => (query === undefined ? {} : toValue(query));
  const text = (): string => liveText(asked(), { params });
  const isTakenOver = takeOver(client, rendered);
  const follower = new LiveFollower<Rows>(resource, "live", text(), options);
  follower.open();
  watch(text, () => follower.follow(resource, text()));
  onScopeDispose(() => follower.release());

  const { refs, showAs } = resultRefs(follower, isTakenOver);
  if (isTakenOver) afterHydration(() => showAs("live"));
  const kept = shallowRef<KeptList | null>(null);
  const prefetch = async (): Promise<void> => {
    await follower.whenSettled();
    showAs("rendered");
    const target = { resource: resource.name, action: "list", query: asked(), params } as Target;
    kept.value = keepList(client, target);
  };

  const { data, status, connection, error, isStale, recovery, updatedAt } = refs;
  // Not to be overwritten by Pinia: the rows of the server's page come by the client, which goes on from them.
  const state = { data, status, connection, error, isStale, recovery, updatedAt, kept };
  for (const ref of Object.values(state)) skipHydrate(ref);
  const actions = {
    create: resource.create,
    update: resource.update,
    patch: resource.patch,
    delete: resource.delete,
    ready: () => follower.whenSettled(),
    refresh: () => follower.refresh(),
  };
  return { store: { ...state, byId: finder(() => data.value, key), ...actions }, prefetch };
}

/** Has the client go on from a server's page. Returns whether there is one. */
function takeOver(client: Client, rendered: LiveStoreState<ResourceTypes> | undefined): boolean {
  if (rendered === undefined || (rendered.kept ?? null) === null) return false;
  client.hydrate({ queries: [{ ...(rendered.kept as KeptList), rows: rendered.data as Rows }] });
  return true;
}

function afterHydration(show: () => void): void {
  if (getCurrentInstance() === null) void nextTick(show);
  else onMounted(show);
}

function finder(rows: () => Rows, key: string): ComputedRef<(value: unknown) => WireRow | undefined> {
  const byKey = computed(() => new Map<unknown, WireRow>(rows().map((row) => [row[key], row])));
  return computed(() => (value) => byKey.value.get(value));
}
