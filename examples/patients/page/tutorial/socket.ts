import type { DCRFClient } from "dcrf-client";
import type { ActionContext } from "vuex";
import dcrf from "./dcrf.ts";

/* The tutorial's step "Establish a connection to the WebSocket". Only the address is another one. */

export interface SocketState {
  connected: boolean;
  error: string;
  client: Client | null;
}

type Client = Pick<DCRFClient, "list"> & { readonly transport: { readonly socket: WebSocket } };

const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;

export const socket = {
  state: (): SocketState => ({ connected: false, error: "", client: null }),
  mutations: {
    SET_CLIENT(state: SocketState, client: Client) {
      state.client = client;
    },
    CONNECTED(state: SocketState, connected: boolean) {
      state.connected = connected;
    },
  },
  actions: {
    setup(context: ActionContext<SocketState, unknown>) {
      const client = dcrf.connect(address) as unknown as Client;
      context.commit("SET_CLIENT", client);
      client.transport.socket.onopen = () => {
        context.commit("CONNECTED", true);
      };
      client.transport.socket.onclose = () => {
        context.commit("CONNECTED", false);
      };
    },
  },
};
