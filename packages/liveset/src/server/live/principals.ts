import { getOrMake } from "./get-or-make.ts";

/** One connection's principal, as the server's commands see it. */
export interface KnownPrincipal {
  renew(): Promise<void>;
  revoke(): void;
}

/** The principals of all connections, by id; nobody is not kept. */
export class Principals {
  readonly #byId = new Map<string, Set<KnownPrincipal>>();

  get size(): number {
    return this.#byId.size;
  }

  add(id: string, principal: KnownPrincipal): void {
    if (id !== "") getOrMake(this.#byId, id, () => new Set<KnownPrincipal>()).add(principal);
  }

  remove(id: string, principal: KnownPrincipal): void {
    const known = this.#byId.get(id);
    known?.delete(principal);
    if (known?.size === 0) this.#byId.delete(id);
  }

  /** Resolves when what the principal may see now is in force on all its connections. */
  async refresh(id: string): Promise<void> {
    await Promise.all([...(this.#byId.get(id) ?? [])].map((principal) => principal.renew()));
  }

  /** As `refresh`, for everybody. */
  async refreshAll(): Promise<void> {
    await Promise.all([...this.#byId.keys()].map((id) => this.refresh(id)));
  }

  revoke(id: string): void {
    for (const principal of [...(this.#byId.get(id) ?? [])]) principal.revoke();
  }
}
