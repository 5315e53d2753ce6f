import type { Clock } from "../core/clock.ts";
import { LivesetError, toLivesetError } from "../core/error/liveset-error.ts";
import type { Json } from "../core/json.ts";
import type { Down } from "../core/protocol/down.ts";
import type { WriteQuestion } from "../store/client-store.ts";
import { mutationId } from "../store/mutation-id.ts";
import { realClock } from "../store/real-clock.ts";
import { Signal } from "../store/signal.ts";
import { Turn } from "../store/turn.ts";
import { defaultBackoff } from "./backoff.ts";
import type { Target } from "./canonical.ts";
import type { ClientStatus } from "./client.ts";
import type { ClientOptions } from "./client-options.ts";
import { Connection, type TokenSource } from "./connection.ts";
import { browserSurroundings } from "./events.ts";
import { Handle, pausedHandle, type View, viewCount, viewList, viewOne } from "./handle.ts";
import { askHttp } from "./http.ts";
import type { ClientState } from "./kept-query.ts";
import { link } from "./link.ts";
import type { Connection as LiveConnection, LiveHandle, LiveWindow } from "./live-handle.ts";
import { LiveQueries } from "./live-queries.ts";
import type { LiveQuery, Rows } from "./live-query.ts";
import { type Caller, makeResource, type Peek, type TransactionOf } from "./make-resource.ts";
import { type Answer, type CallOptions, isRead, type Operation, type Question } from "./operation.ts";
import { Requests } from "./requests.ts";
import type { ResourceClient } from "./resource-client.ts";
import { resourcesOf } from "./resources-of.ts";
import type { State } from "./session.ts";
import { restUrlOf } from "./urls.ts";
import { WindowHandle } from "./window-handle.ts";

/** Puts a client's parts together: requests and live queries over one connection, or HTTP. */
export class Engine implements Caller {
  readonly status: Signal<ClientStatus>;
  readonly peek: Peek = (target) => this.#queries.peek(target);
  readonly #options: ClientOptions;
  readonly #onError: (error: unknown) => void;
  readonly #restUrl: string;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #queries: LiveQueries;
  /** Whether the server says that it hears of no changes at the moment. */
  #isBehind = false;

  constructor(url: string, options: ClientOptions) {
    const { clock = realClock, random = Math.random, onError = throwLater, store } = options;
    const turn = store?.turn ?? new Turn();
    this.#turn = turn;
    const backoff = { ...defaultBackoff, ...options.backoff };
    this.#options = options;
    this.#onError = onError;
    this.#restUrl = options.restUrl ?? restUrlOf(url);
    this.#clock = clock;
    this.status = new Signal<ClientStatus>(
      { connection: "paused", since: clock.now(), error: null },
      turn,
      onError,
    );
    const openSocket = options.webSocket ?? ((to, protocols) => new WebSocket(to, [...protocols]));
    const surroundings = options.events ?? browserSurroundings();
    const connection = new Connection(
      { url, openSocket, clock, random, backoff, surroundings, turn },
      options.token ?? null,
      {
        ready: () => this.#ready(),
        interrupted: () => this.#interrupted(),
        frame: (frame) => this.#frame(frame),
        moved: (state) => this.#moved(state),
        ended: () => this.#ended(),
      },
    );
    const send = connection.send.bind(connection);
    const keepAlive = options.keepAlive ?? 1_000;
    this.#connection = connection;
    this.#requests = new Requests({ clock, timeout: options.timeout ?? null, send });
    this.#queries = new LiveQueries({ clock, random, backoff, keepAlive, turn, store, send, onError });
    store?.attach({
      isBehind: () => this.#queries.isBehind,
      send: async (question) => (await this.#ask(question, undefined)).data,
    });
  }

  async call(operation: Operation, options: CallOptions): Promise<Json> {
    const whole: Operation = {
      ...operation,
      ...(isRead(operation.action) ? {} : { mutation: options.mutation ?? mutationId() }),
      ...(options.ifMatch === undefined ? {} : { ifMatch: options.ifMatch }),
    };
    return this.#write(whole, options);
  }

  async mutate(work: (tx: TransactionOf) => void, options: CallOptions = {}): Promise<Json> {
    const operations: Operation[] = [];
    const caller = {
      call: async (operation: Operation, { ifMatch }: CallOptions): Promise<Json> => {
        operations.push(ifMatch === undefined ? operation : { ...operation, ifMatch });
        return null;
      },
    };
    const resource = (name: string): ResourceClient => makeResource(name, caller as unknown as Caller);
    work(resourcesOf(resource, { resource }) as TransactionOf);
    if (operations.length === 0) return [];
    const batch = { operations, mutation: options.mutation ?? mutationId() };
    const answers = await this.#write(batch, options);
    return (answers as readonly { readonly data: Json }[]).map(({ data }) => data);
  }

  #write(question: Question, options: CallOptions): Promise<Json> {
    const { store } = this.#options;
    const { mutation } = question;
    const send = async (): Promise<Json> => {
      const answer = await this.#ask(question, options.signal);
      options.onAnswer?.(answer);
      return answer.data;
    };
    return mutation === undefined || store === undefined
      ? send()
      : store.write(question as WriteQuestion, send);
  }

  live(target: Target | null): LiveHandle<unknown> {
    return this.#handle(target, viewList);
  }

  liveOne(target: Target | null): LiveHandle<unknown> {
    return this.#handle(target, viewOne);
  }

  liveCount(target: Target | null): LiveHandle<unknown> {
    return this.#handle(target, viewCount);
  }

  liveWindow(target: Target, limit: number): LiveWindow<unknown> {
    if (this.#connection.state.name === "closed") {
      return { ...pausedHandle(viewList), loadMore: () => Promise.reject(new LivesetError("released")) };
    }
    let query: LiveQuery | null = null;
    const open = (limit: number): Handle<Rows> => {
      query = this.#hold({ ...target, query: { ...target.query, limit } }, query);
      return new Handle(query, this.#queries, this.#turn, viewList);
    };
    return new WindowHandle(limit, open, new Signal(limit, this.#turn, this.#onError));
  }

  dehydrate(): ClientState {
    return this.#queries.keep();
  }

  hydrate(state: ClientState): void {
    this.#turn.run(() => this.#queries.restore(state));
  }

  auth(token: TokenSource): void {
    this.#connection.authenticate(token);
  }

  reconnect(): void {
    this.#connection.dispatch({ type: "retry" });
  }

  close(): void {
    this.#connection.dispatch({ type: "close" });
  }

  #ask(operation: Question, signal: AbortSignal | undefined): Promise<Answer> {
    const connection = this.#connection;
    if (connection.state.name === "closed") return Promise.reject(new LivesetError("released"));
    connection.dispatch({ type: "want" });
    if (this.#options.httpFallback === true && !connection.isReady) return this.#askHttp(operation, signal);
    if (connection.state.name === "halted") return Promise.reject(connection.state.error);
    return this.#requests.ask(operation, signal);
  }

  async #askHttp(operation: Question, signal: AbortSignal | undefined): Promise<Answer> {
    try {
      const fetch = this.#options.fetch ?? globalThis.fetch;
      const token = (): Promise<string | null> => this.#connection.token();
      return await askHttp({ restUrl: this.#restUrl, fetch, token }, operation, signal);
    } catch (thrown) {
      throw toLivesetError(thrown);
    }
  }

  #handle<T>(target: Target | null, view: View<T>): LiveHandle<T> {
    if (target === null || this.#connection.state.name === "closed") return pausedHandle(view);
    return new Handle(this.#hold(target), this.#queries, this.#turn, view);
  }

  #hold(target: Target, lender: LiveQuery | null = null): LiveQuery {
    const query = this.#queries.hold(target, lender);
    this.#connection.dispatch({ type: "want" });
    return query;
  }

  #ready(): void {
    this.#queries.ready();
    this.#requests.ready();
  }

  #interrupted(): void {
    this.#queries.interrupted();
    this.#requests.interrupted(this.#connection.state.error);
  }

  #ended(): void {
    this.#interrupted();
    const error = new LivesetError("released");
    this.#queries.close(error);
    this.#requests.fail(error);
  }

  #frame(frame: Down): void {
    if (frame.type === "response") this.#requests.response(frame);
    else if (frame.type === "error") this.#error(LivesetError.fromProblem({ ...frame }), frame.id);
    else this.#queries.frame(frame);
    if (frame.type === "feed" || frame.type === "welcome") {
      this.#isBehind = frame.type === "feed" && !frame.live;
      this.#queries.linked(this.#linked());
    }
    this.#options.store?.caughtUp();
    this.#showStatus();
  }

  #error(error: LivesetError, id: string | undefined): void {
    // An answer to something that was given up meanwhile belongs to nobody and is no news.
    if (id === undefined) this.#options.onError?.(error);
    else if (!this.#requests.error(id, error)) this.#queries.refused(id, error);
  }

  #moved(state: State): void {
    if (state.name === "authenticating" || state.name === "authorizing") {
      this.#queries.hush();
      this.#requests.hush();
    }
    this.#queries.linked(this.#linked());
    if (state.name === "halted" && state.error !== null) {
      this.#queries.halted(state.error);
      this.#requests.fail(state.error);
    }
    this.#showStatus();
  }

  /** While the server itself hears of no changes, no connection to it is live. */
  #linked(): LiveConnection {
    const linked = link(this.#connection.state);
    return linked === "live" && this.#isBehind ? "catching-up" : linked;
  }

  #showStatus(): void {
    const { state } = this.#connection;
    const linked = this.#linked();
    const connection = linked === "live" && this.#queries.isCatchingUp ? "catching-up" : linked;
    const old = this.status.getSnapshot();
    if (old.connection === connection && old.error === state.error) return;
    const since = old.connection === connection ? old.since : this.#clock.now();
    this.status.set(Object.freeze({ connection, since, error: state.error }));
  }
}

/** Nobody asked to be told, so the error goes where uncaught ones go. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
