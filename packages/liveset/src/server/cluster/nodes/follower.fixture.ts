import { WebSocket } from "ws";
import { protocolName } from "../../../core/protocol/name.ts";
import { type LeftBehind, ReferenceClient } from "../../../testing/reference-client.ts";
import type { SocketEvent } from "../../../testing/socket-end.ts";
import { type Ledger, versionOf } from "./ledger.fixture.ts";

/** A client that follows one owner's list, and goes to another node where it loses the one that it is connected to. */
export class Follower {
  readonly owner: number;
  readonly faults: string[] = [];
  resumed = 0;
  reset = 0;
  readonly #ledger: Ledger;
  readonly #urls: readonly string[];
  #client: ReferenceClient | null = null;
  #socket: WebSocket | null = null;
  #left: ReadonlyMap<string, LeftBehind> = new Map();
  #node: number;
  #open = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ledger: Ledger, owner: number, urls: readonly string[], node: number) {
    this.#ledger = ledger;
    this.owner = owner;
    this.#urls = urls;
    this.#node = node;
    this.#connect();
  }

  /** The version that it shows; -1 where it shows none. */
  get version(): number {
    return versionOf(this.rows, this.owner);
  }

  get rows() {
    return this.#client?.rows("s") ?? [];
  }

  /** What it was told last, for the message of a test that fails. */
  get state(): string {
    const frame = this.#client?.frames.at(-1);
    return `owner ${this.owner} shows ${this.version} of ${this.#ledger.versionOf(this.owner)}, node ${this.#node}, socket ${this.#socket?.readyState}, last frame ${JSON.stringify(frame)}`;
  }

  end(): void {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    if (!this.#open) return;
    const socket = new WebSocket(`${this.#urls[this.#node % this.#urls.length]}/ws/`, protocolName);
    this.#socket = socket;
    const client = new ReferenceClient(adapt(socket), this.#left);
    this.#client = client;
    socket.on("open", () => this.#subscribe(client));
    socket.on("message", () => this.#heard(client));
    socket.on("error", () => {});
    socket.on("close", () => this.#lost(client));
  }

  #subscribe(client: ReferenceClient): void {
    client.subscribe("s", { resource: "entries", action: "list", query: { where: { owner: this.owner } } });
  }

  /** After the client itself has heard it. */
  #heard(client: ReferenceClient): void {
    const frame = client.frames.at(-1);
    if (frame?.type === "subscribed") {
      if (frame.resumed) this.resumed++;
      else if (this.#left.size > 0) this.reset++;
    }
    if (frame?.type === "commit" || frame?.type === "subscribed") {
      const list = client.lists.get("s");
      // A resumed list is what it was left as until the commit that ends what was missed.
      const fault = list === undefined ? null : this.#ledger.fault(this.owner, client.rows("s"));
      if (fault !== null) this.faults.push(fault);
    }
    if (frame?.type === "error")
      this.#timer = setTimeout(() => {
        if (client === this.#client && client.closes.length === 0) this.#subscribe(client);
      }, 200);
  }

  #lost(client: ReferenceClient): void {
    this.faults.push(...client.faults);
    const left = client.leaveBehind();
    if (left.size > 0) this.#left = left;
    this.#node++;
    this.#timer = setTimeout(() => this.#connect(), 20 + Math.random() * 200);
  }
}

/** The events of `ws` as a browser has them. */
export function adapt(socket: WebSocket) {
  return {
    addEventListener: (type: string, listener: (event: SocketEvent) => void): void => {
      if (type === "message")
        socket.on("message", (data) => listener({ type, data: String(data), code: 0, reason: "" }));
      else socket.on("close", (code) => listener({ type, data: null, code, reason: "" }));
    },
    send: (data: string): void => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
  };
}
