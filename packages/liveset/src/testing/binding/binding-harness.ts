import type { Client } from "../../client/client.ts";
import type { LiveResult } from "../../client/live-handle.ts";
import type { FakeNetwork } from "../fake-network.ts";

/** What of a binding a component uses. */
export type BindingKind = "list" | "one" | "window" | "count" | "connection" | "mutate";

/** What a component shows at this moment, as its framework has it: those of the parts that the kind has. */
export interface ShownByBinding extends Partial<LiveResult<unknown>> {
  readonly isLoadingMore?: boolean;
  /** Of a write: whether a call is under way. */
  readonly pending?: boolean;
}

/** A component that a suite has mounted. */
export interface Mounted {
  shown(): ShownByBinding;
  /** Gives the component another query, or key; resolves when the framework has done all that follows. */
  set(query: unknown): Promise<void>;
  /** Resolves when the framework has rendered all that has happened. */
  settle(): Promise<void>;
  /** How often the component was rendered. */
  renders(): number;
  /** What the binding offers, where the kind has it. */
  readonly call: {
    readonly refresh?: () => Promise<void>;
    readonly loadMore?: (count?: number) => Promise<void>;
    /** Calls the resource's `patch`. */
    readonly mutate?: (key: number, data: unknown) => Promise<unknown>;
    readonly reset?: () => void;
    readonly reconnect?: () => void;
  };
  unmount(): Promise<void>;
}

/** What is to be mounted. */
export interface MountRequest {
  readonly client: Client;
  readonly kind: BindingKind;
  /** The name of the resource. Its rows are `{id, text, done}`. */
  readonly resource: string;
  /** A query; of one row its key. Null is off. */
  readonly query: unknown;
  readonly options?: { readonly keepPrevious?: boolean };
}

/** A framework's binding, as the suite uses it: about forty lines for each framework. */
export interface BindingUnderTest {
  /** Mounts a component that uses the binding and renders what it shows. */
  mount(request: MountRequest): Promise<Mounted>;
  /** Whether a `set` renders the component by itself, as where queries are arguments of the component. Default: false. */
  readonly setRenders?: boolean;
  /** Where the framework renders on servers. */
  readonly server?: {
    /** Renders a component with the text of each row of its list; resolves with the HTML once the rows are there. */
    render(request: MountRequest): Promise<string>;
    /** Has the browser take the page over. Rejects where the framework finds that it would render something else. */
    hydrate(html: string, request: MountRequest): Promise<Mounted>;
  };
  /** Clauses that are not asked of it: title, and why. */
  readonly excused?: Readonly<Record<string, string>>;
}

/** What one clause is run with. */
export interface BindingRun {
  readonly network: FakeNetwork;
  readonly binding: BindingUnderTest;
  /** Mounts a component of the network's client; the suite unmounts it. */
  mount(kind: BindingKind, query?: unknown, options?: MountRequest["options"]): Promise<Mounted>;
}

/** One requirement of a binding. */
export interface BindingCase {
  readonly title: string;
  readonly run: (run: BindingRun) => Promise<void>;
}

/** A row of the suite's resource. */
export function rowOf(id: number, text = `row ${id}`): { id: number; text: string; done: boolean } {
  return { id, text, done: false };
}
