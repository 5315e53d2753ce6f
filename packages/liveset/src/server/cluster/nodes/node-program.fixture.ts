import { postgres } from "../../database/postgres/postgres.ts";
import { defineApi } from "../../define-api.ts";
import { serve } from "../../node.ts";
import { resource } from "../../resource.ts";
import { brokers } from "../brokers.fixture.ts";
import { entries } from "./ledger.fixture.ts";

/** What a node's process is started with, as JSON. */
export interface NodeArguments {
  readonly database: string;
  readonly capture: "wal" | "triggers";
  /** Null: a slot of each node's own. */
  readonly broker: { readonly program: string; readonly port: number } | null;
  readonly port: number;
  /** How large its heap may be, in MiB. Default: Node's own. */
  readonly heap?: number;
}

const { database, capture, broker, port } = JSON.parse(process.argv[2] ?? "") as NodeArguments;
const connect = brokers.find(({ program }) => program === broker?.program)?.connect;
if (connect === undefined && broker !== null) throw new Error("There is no such broker.");
await serve(defineApi({ entries: resource(entries, { filters: ["owner"] }) }), {
  database: postgres(database, { capture, connections: 8 }),
  cluster: broker === null ? "slots" : (connect?.(broker.port, {}) ?? "slots"),
  port,
  host: "127.0.0.1",
  log: { level: "warn" },
});
process.send?.("ready");
