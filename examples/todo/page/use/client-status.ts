import type { ClientStatus } from "liveset/client";
import { onScopeDispose, type Ref, shallowRef } from "vue";
import type { TodoClient } from "./client.ts";

/** The state of a client's connection, reactive. */
export function useClientStatus(client: TodoClient): Readonly<Ref<ClientStatus>> {
  const status = shallowRef(client.status.getSnapshot());
  onScopeDispose(
    client.status.subscribe(() => {
      status.value = client.status.getSnapshot();
    }),
  );
  return status;
}
