/**
 * Doubles and references for tests of liveset and of what is built with it.
 *
 * @module
 */
export { SocketEnd, type SocketEvent } from "./socket-end.ts";
export { type SocketPair, type SocketPairOptions, socketPair } from "./socket-pair.ts";
export { VirtualClock } from "./virtual-clock.ts";
