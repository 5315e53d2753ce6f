/**
 * Doubles and references for tests of liveset and of what is built with it.
 *
 * @module
 */
export {
  type BindingCase,
  type BindingKind,
  type BindingRun,
  type BindingUnderTest,
  bindingCases,
  describeBinding,
  type Mounted,
  type MountRequest,
  type ShownByBinding,
} from "./binding-suite.ts";
export {
  type DatabaseCase,
  type DatabaseHarness,
  databaseCases,
  describeDatabase,
  type SuiteRunner,
  type SuiteTables,
} from "./database-suite.ts";
export { clusterLogCases, describeClusterLog, type LogCase, type LogHarness } from "./log-suite.ts";
export { MemoryBroker, type MemoryBrokerOptions } from "./memory-log.ts";
export { type ClientSocket, type LeftBehind, ReferenceClient } from "./reference-client.ts";
export { ReferenceList } from "./reference-list.ts";
export { SocketEnd, type SocketEvent } from "./socket-end.ts";
export { type SocketPair, type SocketPairOptions, socketPair } from "./socket-pair.ts";
export { VirtualClock } from "./virtual-clock.ts";
