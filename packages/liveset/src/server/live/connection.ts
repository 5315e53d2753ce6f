import type { Clock } from "../../core/clock.ts";
import { type Code, codeEntry } from "../../core/error/codes.ts";
import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { Dialect, Dialogue } from "../dialect/dialect.ts";
import type { Socket } from "../socket.ts";
import type { LiveParts } from "./live-parts.ts";
import { Outbox } from "./outbox.ts";
import { PacedVoice } from "./paced-voice.ts";
import { Session, type SessionStart } from "./session.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What a connection is made of. */
export interface ConnectionParts extends LiveParts {
  readonly clock: Clock;
  /** The bytes of a row as JSON. */
  readonly measure: (row: WireRow) => number;
  /** Called once, when the connection is over. */
  readonly ended: (connection: Connection) => void;
}

/** One socket and the session that lives on it: guards what comes in, bounds what goes out, and knows when the peer is gone. */
export class Connection {
  readonly session: Session;
  readonly #parts: ConnectionParts;
  readonly #socket: Socket;
  readonly #dialect: Dialect;
  readonly #dialogue: Dialogue;
  readonly #voice: PacedVoice;
  readonly #bucket: TokenBucket;
  #heardAt: number;
  #cancelTimer: () => void = () => {};
  #open = true;

  constructor(parts: ConnectionParts, dialect: Dialect, socket: Socket, start: SessionStart) {
    const { clock, runtime } = parts;
    const { limits } = runtime;
    this.#parts = parts;
    this.#socket = socket;
    const overflow = (): void => this.close("slow_reader");
    const outbox = new Outbox(socket, limits.bufferedBytes, overflow);
    this.#dialect = dialect;
    const end = {
      outbox,
      close: (code: Code) => this.close(code),
      drained: () => drained(socket, clock),
    };
    this.#dialogue = dialect.open(end, start.info);
    this.#voice = new PacedVoice({
      socket,
      outbox,
      voice: this.#dialogue.voice,
      clock,
      limits,
      measure: parts.measure,
      movesLists: dialect.movesLists,
      answersFirst: dialect.answersFirst === true,
      keysOf: (group) => this.session.keysOf(group),
      lose: (group) => this.session.lose(group),
      caughtUp: () => this.session.caughtUp(),
      overflow,
    });
    this.#bucket = new TokenBucket(clock, limits.burst, limits.framesPerSecond);
    this.#heardAt = clock.now();
    this.session = new Session(start, parts, this.#voice, {
      close: (code) => this.close(code),
      rebound: () => this.#dialogue.begin?.(this.session, false),
    });
  }

  /** Greets the client and begins to listen. */
  begin(): void {
    const socket = this.#socket;
    socket.addEventListener("message", (event) => this.#hear(event.data));
    socket.addEventListener("close", () => this.#end());
    socket.addEventListener("error", () => this.#end());
    this.session.begin();
    this.#dialogue.begin?.(this.session, true);
    const { heartbeat } = this.#parts.runtime.limits;
    if (this.#dialect.heartbeat === "client") this.#watch(2 * heartbeat);
    else if (socket.ping !== undefined) {
      socket.addEventListener("pong", () => {
        this.#heardAt = this.#parts.clock.now();
      });
      this.#watch(heartbeat);
    }
  }

  /** Closes with the close code of an error. */
  close(code: Code): void {
    if (!this.#open) return;
    this.#end();
    if (code !== "going_away") {
      this.#parts.runtime.log.info({ session: this.session.id, code }, "socket closed by the server");
    }
    const { close = 1011, title } = codeEntry(code);
    this.#socket.close(close, title);
  }

  #hear(data: unknown): void {
    if (!this.#open) return;
    this.#heardAt = this.#parts.clock.now();
    if (typeof data !== "string") {
      this.#voice.error(null, new LivesetError("malformed", { detail: "Send text frames." }));
    } else if (isLonger(data, this.#parts.runtime.limits.frameBytes)) {
      this.#voice.error(null, new LivesetError("too_large"));
      this.close("too_large");
    } else this.#take(data);
  }

  #take(text: string): void {
    const { runtime } = this.#parts;
    try {
      if (this.#bucket.take()) this.#dialogue.receive(this.session, this.#voice, text);
      else this.#dialogue.refuse(this.#voice, text, new LivesetError("throttled"));
    } catch (thrown) {
      runtime.log.error({ err: thrown, session: this.session.id }, "frame failed");
      this.#voice.error(null, new LivesetError("internal"));
    }
  }

  /** One timer a connection, set again only when it fires. */
  #watch(delay: number): void {
    if (!this.#open) return;
    const { clock, runtime } = this.#parts;
    const { heartbeat } = runtime.limits;
    this.#cancelTimer = clock.after(delay, () => {
      const left = this.#heardAt + 2 * heartbeat - clock.now();
      if (left <= 0) return this.close("heartbeat_missed");
      if (this.#dialect.heartbeat === "client") return this.#watch(left);
      this.#socket.ping?.();
      this.session.ping();
      this.#watch(Math.min(left, heartbeat));
    });
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#cancelTimer();
    this.#voice.shut();
    this.session.end();
    this.#dialogue.ended?.();
    this.#parts.ended(this);
  }
}

function drained(socket: Socket, clock: Clock): Promise<void> {
  return socket.drained?.() ?? new Promise((resolve) => clock.after(0, resolve));
}

/** Whether a text has more than so many bytes in UTF-8, which are one to three a code unit. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  return new TextEncoder().encode(text).byteLength > bytes;
}
