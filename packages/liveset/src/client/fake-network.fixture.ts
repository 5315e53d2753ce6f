import type { ResourceTypes } from "../core/api-types.ts";
import type { WireRow } from "../core/json.ts";
import { type FakeNetwork, fakeNetwork } from "../testing/fake-network.ts";
import type { ClientOptions } from "./client-options.ts";

export { FakeSocket, subscribedTo } from "../testing/fake-network.ts";

export interface Task {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
}

export interface TaskTypes extends ResourceTypes {
  readonly row: Task;
  readonly key: number;
  readonly create: { readonly text: string };
  readonly update: { readonly text: string; readonly done: boolean };
  readonly patch: { readonly text?: string; readonly done?: boolean };
  readonly filterRow: { readonly done: boolean; readonly text: string };
  readonly filters: { readonly done: "exact"; readonly text: "icontains" | "exact" };
  readonly orderBy: "id" | "text";
  readonly params: Record<never, never>;
  readonly actions: {
    readonly complete: {
      readonly detail: true;
      readonly input: undefined;
      readonly result: { readonly completed: number };
    };
    readonly clear: {
      readonly detail: false;
      readonly input: { readonly before: string };
      readonly result: number;
    };
  };
}

export interface TestApi {
  readonly $types?: { readonly tasks: TaskTypes };
}

/** A client of `TestApi` over fake sockets and virtual time. */
export type Rig = FakeNetwork<TestApi>;

export function rig(options: ClientOptions = {}): Rig {
  return fakeNetwork<TestApi>(options);
}

export function task(id: number, text = `task ${id}`, done = false): Task & WireRow {
  return { id, text, done };
}
