import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { User } from "../register.ts";
import { requestInfo } from "../request-info.ts";
import type { Runtime } from "../runtime.ts";
import type { Caller } from "./caller.ts";
import type { Principals } from "./principals.ts";

/** The time in which it is not known who the principal is, or what it may see. */
export interface PrincipalHold {
  /** The principal is another one, or the same with other rights: what it follows is bound anew. */
  changed(reason: "auth" | "scope"): Promise<void>;
  /** To be called in any case. */
  release(): void;
}

/** Whose principal it is. */
export interface PrincipalOwner {
  readonly runtime: Runtime;
  readonly principals: Principals;
  /** Nothing is sent, and nothing that is asked is done, until it is released. */
  hold(): PrincipalHold;
  /** A token was accepted. */
  accepted(): void;
  /** A token was not. */
  refused(thrown: unknown): void;
  /** The principal cannot be had any more. */
  over(code: "session_expired" | "internal"): void;
}

/** Delays up to this are kept by every clock. */
const longest = 2 ** 31 - 1;

/** Who speaks on a connection: found by the handshake's request, later by tokens; asked for again when its time is over (P9). */
export class Principal {
  readonly #owner: PrincipalOwner;
  readonly #session: string;
  readonly #opening: Request;
  /** What the principal was found by. */
  #credentials: Request;
  #caller: Caller;
  #count = 0;
  #changing: Promise<void> = Promise.resolve();
  #cancelExpiry: () => void = () => {};
  #ended = false;

  constructor(
    owner: PrincipalOwner,
    start: {
      readonly id: string;
      readonly user: User | null;
      readonly request: Request;
      readonly info: Caller["request"];
    },
  ) {
    this.#owner = owner;
    this.#session = start.id;
    this.#opening = start.request;
    this.#credentials = start.request;
    this.#caller = { id: start.id, user: start.user, request: start.info };
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Its id, empty for nobody. */
  get id(): string {
    return this.#owner.runtime.principalId(this.#caller.user);
  }

  /** Begins to count its time. */
  begin(): void {
    this.#owner.principals.add(this.id, this);
    this.#watch();
  }

  /** Makes the bearer of a token the principal, nobody where it is empty. Resolves when that is in force or was refused. */
  present(token: string): Promise<void> {
    return this.#inTurn(async () => {
      const request = bearing(this.#opening, token);
      try {
        const user = token === "" ? null : await this.#owner.runtime.authenticate(request);
        if (this.#ended) return;
        this.#set(user, request);
      } catch (thrown) {
        this.#owner.refused(thrown);
        return;
      }
      // Said first: what is held back begins behind it.
      this.#owner.accepted();
      const hold = this.#owner.hold();
      try {
        await hold.changed("auth");
      } finally {
        hold.release();
      }
    });
  }

  /** Asks again who the principal is and what it may see. Nothing is sent until that is in force. */
  renew(): Promise<void> {
    const hold = this.#owner.hold();
    return this.#inTurn(async () => {
      const { runtime } = this.#owner;
      const before = this.id;
      const user = await this.#ask();
      if (this.#ended || user === undefined) return;
      if (user === null && before !== "" && runtime.onExpiry === "close") {
        this.#owner.over("session_expired");
        return;
      }
      this.#set(user, this.#credentials);
      await hold.changed(this.id === before ? "scope" : "auth");
    }).finally(() => hold.release());
  }

  /** It is not the principal any more. */
  revoke(): void {
    this.#owner.over("session_expired");
  }

  end(): void {
    this.#ended = true;
    this.#cancelExpiry();
    this.#owner.principals.remove(this.id, this);
  }

  /** Who the credentials belong to now; undefined where that cannot be found out, and then the connection is over. */
  async #ask(): Promise<User | null | undefined> {
    const { runtime } = this.#owner;
    try {
      const user = await runtime.authenticate(this.#credentials);
      return user !== null && this.#isOver(user) ? null : user;
    } catch (thrown) {
      if (this.#ended) return undefined;
      const refusal = isRefusal(thrown);
      if (!refusal) runtime.log.error({ err: thrown, session: this.#session }, "authenticate failed");
      // Not knowing who it is, nothing may be sent to it.
      this.#owner.over(refusal ? "session_expired" : "internal");
      return undefined;
    }
  }

  #isOver(user: User): boolean {
    const { runtime } = this.#owner;
    const time = runtime.expiresAt(user, this.#credentials);
    return time !== null && time <= runtime.clock.now();
  }

  #set(user: User | null, credentials: Request): void {
    const { principals, runtime } = this.#owner;
    // Both may throw: then everything stays as it was.
    const id = runtime.principalId(user);
    if (user !== null) runtime.expiresAt(user, credentials);
    principals.remove(this.id, this);
    this.#credentials = credentials;
    this.#caller = { id: `${this.#session}/${++this.#count}`, user, request: requestInfo(credentials) };
    principals.add(id, this);
    this.#watch();
  }

  #watch(): void {
    this.#cancelExpiry();
    const { runtime } = this.#owner;
    const { user } = this.#caller;
    const time = user === null ? null : runtime.expiresAt(user, this.#credentials);
    if (time === null || time === Number.POSITIVE_INFINITY) return;
    // A timer of 2³¹ ms or more would fire at once: a long time is waited for in parts.
    const delay = Math.min(Math.max(0, time - runtime.clock.now()), longest);
    this.#cancelExpiry = runtime.clock.after(delay, () => {
      if (time > runtime.clock.now()) this.#watch();
      else void this.renew();
    });
  }

  /** One change after the other. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const { runtime } = this.#owner;
    this.#changing = this.#changing.then(async () => {
      if (this.#ended) return;
      try {
        await change();
      } catch (thrown) {
        runtime.log.error({ err: thrown, session: this.#session }, "change of principal failed");
        this.#owner.over("internal");
      }
    });
    return this.#changing;
  }
}

function isRefusal(thrown: unknown): boolean {
  const { status = 500 } = thrown as Partial<LivesetError>;
  return status === 401 || status === 403;
}

function bearing(opening: Request, token: string): Request {
  const headers = new Headers(opening.headers);
  headers.delete("cookie");
  headers.delete("authorization");
  if (token !== "") headers.set("authorization", `Bearer ${token}`);
  return new Request(opening.url, { headers });
}
