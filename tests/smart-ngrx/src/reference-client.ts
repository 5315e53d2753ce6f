import "./shims.ts";
import "@angular/compiler";
import { InjectionToken, type Signal } from "@angular/core";
import type { EntityState } from "@ngrx/entity";
import {
  type EffectService,
  type RowProxyDelete,
  rootInjector,
  type SmartArray,
  type SmartEntityDefinition,
  type SmartNgRXRowBase,
} from "@smarttools/smart-core";
import {
  createSmartSignal,
  handleSocketNotification,
  provideSmartFeatureSignalEntities,
  provideSmartNgRX,
} from "@smarttools/smart-signals";
import { of } from "rxjs";
import { Calls, MergedEffects, ResourceEffects, type Row, TopEffects } from "./effects.ts";

/** Children as the packages hand them out: reading one loads it. */
interface Children<R extends Row> extends Pick<SmartArray<Parent, R>, "getIdAtIndex" | "addToStore"> {
  readonly length: number;
  readonly [index: number]: R;
}

/** A row with children. */
interface Parent extends Row {
  readonly orgs: Children<Parent>;
  readonly users: Children<Row>;
  readonly children: Children<Row>;
}

/** How notices reach the client. */
export type Transport = "socket" | "events";

/**
 * The real packages, without an Angular application: the state of the feature `f` (top → orgs → users, and children) and of `g` (another top
 * → users). All of it can be asked from outside, with JSON.
 */
export class ReferenceClient {
  readonly #calls: Calls;
  readonly #f: Signal<EntityState<Parent>>;
  readonly #g: Signal<EntityState<Parent>>;
  readonly #raw: Readonly<Record<string, Signal<EntityState<Row>>>>;
  readonly #frames: unknown[] = [];
  readonly #thrown: string[] = [];
  #disconnect: () => void = () => {};
  #send: (text: string) => void = () => {};

  private constructor(calls: Calls) {
    this.#calls = calls;
    const signal = (feature: string, entity: string) => createSmartSignal<Row>(feature, entity);
    const [users, children] = [signal("f", "users"), signal("f", "orgChildren")];
    const orgs = createSmartSignal<Row, Row>(signal("f", "orgs"), [
      child("f", "orgs", "users", "users", users),
      child("f", "orgs", "children", "orgChildren", children),
    ]);
    const top = createSmartSignal<Row, Row>(signal("f", "top"), [child("f", "top", "orgs", "orgs", orgs)]);
    const others = signal("g", "users");
    const otherTop = createSmartSignal<Row, Row>(signal("g", "top"), [
      child("g", "top", "users", "users", others),
    ]);
    this.#f = top as unknown as Signal<EntityState<Parent>>;
    this.#g = otherTop as unknown as Signal<EntityState<Parent>>;
    this.#raw = { users, orgs: signal("f", "orgs"), orgChildren: children };
  }

  static async start(base: string): Promise<ReferenceClient> {
    const calls = new Calls(base);
    const services = new Map<unknown, EffectService<Row>>();
    const define = (
      feature: string,
      entityName: string,
      service: EffectService<Row>,
      isInitialRow = false,
    ): SmartEntityDefinition<SmartNgRXRowBase> => {
      const token = new InjectionToken<EffectService<SmartNgRXRowBase>>(`${feature}.${entityName}`);
      services.set(token, service);
      return {
        entityName,
        effectServiceToken: token,
        defaultRow: (id) => ({ id, name: "", orgs: [], users: [], children: [] }) as SmartNgRXRowBase,
        isInitialRow,
      };
    };
    const definitions = {
      f: [
        define("f", "top", new TopEffects(calls, "f.top"), true),
        define("f", "orgs", new ResourceEffects(calls, "f.orgs", "orgs", { users: 100, children: 0 })),
        define("f", "users", new ResourceEffects(calls, "f.users", "users")),
        define("f", "orgChildren", new MergedEffects(calls, "f.orgChildren")),
      ],
      g: [
        define("g", "top", new OtherTop(calls, "g.top"), true),
        define("g", "users", new ResourceEffects(calls, "g.users", "users")),
      ],
    };
    provideSmartNgRX({});
    rootInjector.set({ get: (token: unknown) => services.get(token) } as never);
    for (const [feature, entities] of Object.entries(definitions))
      provideSmartFeatureSignalEntities(feature, entities);
    await Promise.resolve();
    await Promise.resolve();
    return new ReferenceClient(calls);
  }

  /** Connects, and hands each frame on as SmartNgRX's page says. @param translates whether the client knows tables by other names than the server */
  connect(url: string, transport: Transport, translates: boolean): Promise<void> {
    this.#disconnect();
    const take = (text: string): void => {
      const frame = JSON.parse(text) as { table: string; action: string; ids: string[] };
      this.#frames.push(frame);
      const { table, action, ids } = translates ? translate(frame) : frame;
      try {
        handleSocketNotification(table, action, ids);
      } catch (thrown) {
        this.#thrown.push(String(thrown));
      }
    };
    return transport === "socket" ? this.#connectSocket(url, take) : this.#connectEvents(url, take);
  }

  disconnect(): void {
    this.#disconnect();
  }

  /** Sends a text of its own over the socket. */
  say(text: string): void {
    this.#send(text);
  }

  /** What effect services were asked since this was asked last. */
  calls(): string[] {
    return this.#calls.take();
  }

  frames(): unknown[] {
    return this.#frames.splice(0);
  }

  /** What handing on a frame threw. */
  thrown(): string[] {
    return this.#thrown.splice(0);
  }

  orgNames(): string[] {
    return read(this.#top?.orgs).map(({ name }) => name);
  }

  userNames(org: number): string[] {
    return read(this.#org(org)?.users).map(({ name }) => name);
  }

  /** The ids of an organisation's users, without loading any. */
  userIds(org: number): (string | undefined)[] {
    return idsOf(this.#org(org)?.users);
  }

  /** The names of an organisation's children from one place up to another; those that are not there yet are loaded. */
  childNames(org: number, from: number, to: number): string[] {
    const children = this.#org(org)?.children;
    if (children === undefined) return [];
    return Array.from({ length: to - from }, (_, i) => children[from + i]?.name ?? "");
  }

  childIds(org: number): (string | undefined)[] {
    return idsOf(this.#org(org)?.children);
  }

  /** What is stored of a row, null where nothing is. */
  stored(entity: string, id: string): { readonly name: string; readonly isDirty: boolean } | null {
    const row = this.#raw[entity]?.().entities[id];
    return row === undefined ? null : { name: row.name, isDirty: row.isDirty === true };
  }

  /** The names of the users of the other feature. */
  otherNames(): string[] {
    return read(this.#g().entities["1"]?.users).map(({ name }) => name);
  }

  setUserName(org: number, index: number, name: string): void {
    const user = this.#org(org)?.users[index];
    if (user !== undefined) user.name = name;
  }

  deleteUser(org: number, index: number): void {
    const user: (Row & RowProxyDelete) | undefined = this.#org(org)?.users[index];
    user?.delete?.();
  }

  addUser(org: number, id: string, name: string): void {
    const parent = this.#org(org);
    parent?.users.addToStore?.({ id, name: "" }, parent);
    const users = this.#org(org)?.users;
    const added = users === undefined ? undefined : users[users.length - 1];
    if (added !== undefined) added.name = name;
  }

  get #top(): Parent | undefined {
    return this.#f().entities["1"];
  }

  #org(index: number): Parent | undefined {
    const orgs = this.#top?.orgs;
    return orgs === undefined || index >= orgs.length ? undefined : orgs[index];
  }

  #connectSocket(url: string, take: (text: string) => void): Promise<void> {
    const socket = new WebSocket(url);
    this.#disconnect = () => socket.close();
    this.#send = (text) => socket.send(text);
    socket.addEventListener("message", ({ data }) => take(String(data)));
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("no socket")));
    });
  }

  #connectEvents(url: string, take: (text: string) => void): Promise<void> {
    const source = new EventSource(url);
    this.#disconnect = () => source.close();
    source.addEventListener("message", ({ data }) => take(String(data)));
    return new Promise((resolve) => source.addEventListener("ready", () => resolve()));
  }
}

/** Two users, whoever their organisation is. */
class OtherTop extends TopEffects {
  override loadByIds(ids: string[]): ReturnType<TopEffects["loadByIds"]> {
    void super.loadByIds(ids);
    return of([{ id: "1", name: "", users: ["1", "2"] } as unknown as Row]);
  }
}

/** As the page on WebSockets has it. */
function translate(frame: { table: string; action: string; ids: string[] }): typeof frame {
  const { table, action, ids } = frame;
  return table === "docs" || table === "folders"
    ? { table: "orgChildren", action, ids: ids.map((id) => `${table}:${id}`) }
    : frame;
}

function child(
  parentFeature: string,
  parentEntity: string,
  field: string,
  entity: string,
  selector: Signal<EntityState<Row>>,
) {
  return {
    childFeature: parentFeature,
    childEntity: entity,
    parentFeature,
    parentEntity,
    parentField: field as keyof Row,
    childSelector: selector,
  };
}

function read(array: Children<Row> | undefined): Row[] {
  return array === undefined ? [] : Array.from(array);
}

function idsOf(array: Children<Row> | undefined): (string | undefined)[] {
  return Array.from({ length: array?.length ?? 0 }, (_, i) => array?.getIdAtIndex?.(i));
}
