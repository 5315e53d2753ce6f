import { onScopeDispose, type ShallowRef, shallowRef } from "vue";
import type { Account } from "../../server/session-routes.ts";

/** What the server says about the caller. */
export interface Session {
  readonly user: Account | null;
  readonly accounts: readonly Account[];
}

/** Who uses the page. */
export interface SessionControl {
  /** Null until the server has answered. */
  readonly session: Readonly<ShallowRef<Session | null>>;
  readonly error: ShallowRef<string | null>;
  readonly isBusy: Readonly<ShallowRef<boolean>>;
  /** Asks the server who is signed in. */
  refresh(): Promise<void>;
  /** Signs in as an account, or out. */
  become(id: string | null): Promise<void>;
}

/** The session of this browser. All its tabs share one cookie, so what one tab does the others follow. */
export function useSession(): SessionControl {
  const session = shallowRef<Session | null>(null);
  const error = shallowRef<string | null>(null);
  const isBusy = shallowRef(false);
  const tabs = new BroadcastChannel("todo.session");

  async function ask(init?: RequestInit): Promise<void> {
    isBusy.value = true;
    try {
      const response = await fetch("/session", init);
      const body = await response.json();
      if (!response.ok) throw new Error(body.detail);
      session.value = body;
      error.value = null;
    } catch (thrown) {
      const isNetwork = thrown instanceof TypeError;
      error.value = isNetwork ? "The server does not answer." : (thrown as Error).message;
    } finally {
      isBusy.value = false;
    }
  }

  async function become(id: string | null): Promise<void> {
    const signIn = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: id }),
    };
    await ask(id === null ? { method: "DELETE" } : signIn);
    if (error.value === null) tabs.postMessage("changed");
  }

  tabs.addEventListener("message", () => void ask());
  onScopeDispose(() => tabs.close());
  return { session, error, isBusy, refresh: () => ask(), become };
}
