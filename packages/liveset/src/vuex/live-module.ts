import { liveText } from "../binding/live-text.ts";
import type { LiveListQuery, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import type { Json } from "../core/json.ts";
import { type ActionContext, clientOf } from "./context.ts";
import { LoadedRows } from "./loaded-rows.ts";
import { namesOf } from "./names.ts";

/** Options of a live module. */
export interface LiveModuleOptions {
  /** One of the resource's things, where its name is no regular plural: `"person"` of `people`. */
  readonly singular?: string;
  /** The field that rows are found by. Default: `"id"` */
  readonly key?: string;
  /** Of the resource, where it declares some. */
  readonly params?: Readonly<Record<string, Json>>;
  /** The name of the module of `createSocketModule`. Default: `"socket"` */
  readonly socket?: string;
  /** The mutation of the root that is told of errors, as a list of sentences. Default: `"NEW_NOTIFICATION"` */
  readonly notification?: string;
}

/** What `load…` may be given: all rows that fit, or with a `limit` the first ones. */
export type LoadQuery<T extends ResourceTypes = ResourceTypes> = LiveListQuery<T> | LiveWindowQuery<T>;

type Rows<Row> = readonly Row[];
type State<Row> = Record<string, Rows<Row>>;
type Context<Row> = ActionContext<State<Row>>;

/** A Vuex module whose rows follow the server. */
export interface LiveModule<Row> {
  state(): State<Row>;
  readonly mutations: Readonly<Record<string, (state: State<Row>, rows: Rows<Row>) => void>>;
  readonly actions: Readonly<
    Record<string, (this: object, context: Context<Row>, query?: LoadQuery) => Promise<void>>
  >;
  readonly getters: Readonly<Record<string, (state: State<Row>) => unknown>>;
}

/**
 * A module whose rows follow the server, with the names of the tutorial: of `"patients"` state `patientData`, mutation `UPDATE_PATIENT_DATA`
 * (one for each transaction, with the new rows), action `loadPatients`, getters `patientData` and `getPatientById`. `leavePatients` ends it.
 *
 * `loadPatients` may be given a query; another one takes the place of the one before. It resolves when there are rows, or they were refused:
 * then `NEW_NOTIFICATION` is committed to the root. Rows of an earlier visit stay until there are others.
 *
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createLiveModule, createSocketModule } from "liveset/vuex";
 * import { createStore } from "vuex";
 *
 * const store = createStore({
 *   modules: {
 *     socket: createSocketModule(() => createClient("/ws/")),
 *     patients: createLiveModule("patients"),
 *   },
 *   mutations: { NEW_NOTIFICATION: (_, errors: string[]) => console.warn(errors) },
 * });
 * await store.dispatch("setup");
 * await store.dispatch("loadPatients", { orderBy: { lastName: "asc" } });
 * console.log(store.getters.getPatientById(3));
 * ```
 */
export function createLiveModule<Row extends object = Readonly<Record<string, unknown>>>(
  resource: string,
  options: LiveModuleOptions = {},
): LiveModule<Row> {
  const { singular, params, key = "id", socket = "socket", notification = "NEW_NOTIFICATION" } = options;
  const names = namesOf(resource, singular);
  /** By store, since one module may be in several. */
  const loaded = new WeakMap<object, LoadedRows<Row>>();

  async function load(this: object, context: Context<Row>, query: LoadQuery = {}): Promise<void> {
    const client = clientOf(context.rootState, socket);
    if (client === null) {
      throw new LivesetError("internal", {
        detail: `There is no client: dispatch "setup" of ${socket} first.`,
      });
    }
    const target = client.resource(resource as never) as unknown as ResourceClient;
    const rows =
      loaded.get(this) ??
      new LoadedRows<Row>(
        (data) => context.commit(names.update, data),
        (error) => context.commit(notification, sentencesOf(error), { root: true }),
      );
    loaded.set(this, rows);
    await rows.load(target, liveText(query, { params }));
  }

  return {
    state: () => ({ [names.data]: [] }),
    mutations: {
      [names.update]: (state, rows) => {
        state[names.data] = rows;
      },
    },
    actions: {
      [names.load]: load,
      async [names.leave](this: object) {
        loaded.get(this)?.leave();
        loaded.delete(this);
      },
    },
    getters: {
      [names.data]: (state) => state[names.data],
      [names.byId]: (state) => (id: unknown) =>
        state[names.data]?.find((row) => (row as Readonly<Record<string, unknown>>)[key] === id),
    },
  };
}

/** What a person is told of an error. */
function sentencesOf({ errors = [], message }: LivesetError): string[] {
  return errors.length === 0 ? [message] : errors.map((issue) => issue.message);
}
