import type { Clock } from "../../../core/clock.ts";
import type { Principal, ResourceName } from "./resources.fixture.ts";

/** How long a short token lasts, in ms. */
const shortLife = 1_000;

interface Token {
  readonly user: number;
  /** In ms since 1970; null: never. */
  readonly expires: number | null;
}

/** Hears that somebody was asked for, with the principal that was found. */
export type Authenticated = (line: number, token: string, principal: Principal | null) => void;

/** Who users are and what they may, as an application would know it. */
export class Rights {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Token>();
  readonly #admins = new Set<number>();
  readonly #levels = new Map<number, number>();
  readonly #broken = new Set<string>();
  /** Everything that was ever broken in this history. */
  readonly #wereBroken = new Set<string>();
  authenticated: Authenticated = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Forgets flips and faults. */
  begin(): void {
    this.#admins.clear();
    this.#levels.clear();
    this.#broken.clear();
    this.#wereBroken.clear();
    this.#tokens.clear();
  }

  issue(user: number, short: boolean): string {
    const token = `${user}.${this.#tokens.size}.${crypto.randomUUID()}`;
    this.#tokens.set(token, { user, expires: short ? this.#clock.now() + shortLife : null });
    return token;
  }

  flip(user: number, what: "admin" | "level"): void {
    if (what === "level") this.#levels.set(user, (this.#level(user) + 2) % 4);
    else if (!this.#admins.delete(user)) this.#admins.add(user);
  }

  /** Lets a scope throw for a user, or no longer. */
  toggle(user: number, resource: ResourceName): void {
    const name = `${user}/${resource}`;
    if (this.#broken.delete(name)) return;
    this.#broken.add(name);
    this.#wereBroken.add(name);
  }

  isBroken(user: number, resource: ResourceName): boolean {
    return this.#broken.has(`${user}/${resource}`);
  }

  wasBroken(user: number, resource: ResourceName): boolean {
    return this.#wereBroken.has(`${user}/${resource}`);
  }

  /** The server's option. */
  authenticate(request: Request): Principal | null {
    const token = tokenOf(request);
    const known = this.#tokens.get(token);
    const principal = known === undefined ? null : this.#principal(known.user);
    const line = request.headers.get("x-line");
    if (line !== null) this.authenticated(Number(line), token, principal);
    return principal;
  }

  expiresAt(request: Request): number | null {
    return this.#tokens.get(tokenOf(request))?.expires ?? null;
  }

  /** Whether a token's time has passed. */
  isOver(token: string): boolean {
    const expires = this.#tokens.get(token)?.expires ?? null;
    return expires !== null && expires <= this.#clock.now();
  }

  #principal(id: number): Principal {
    return { id, admin: this.#admins.has(id), level: this.#level(id) };
  }

  #level(user: number): number {
    return this.#levels.get(user) ?? 1;
  }
}

function tokenOf(request: Request): string {
  return (request.headers.get("authorization") ?? "").slice("Bearer ".length);
}
