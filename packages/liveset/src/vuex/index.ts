/**
 * Live lists in a Vuex 4 store.
 *
 * @module
 */
export type { ActionContext } from "./context.ts";
export { createLiveModule, type LiveModule, type LiveModuleOptions, type LoadQuery } from "./live-module.ts";
export { createSocketModule, type SocketModule, type SocketState } from "./socket-module.ts";
