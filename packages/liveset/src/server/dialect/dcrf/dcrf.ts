import type { Limits } from "../../limits.ts";
import { createRowBytes } from "../../live/row-bytes.ts";
import type { Dialect } from "../dialect.ts";
import { DcrfDialogue } from "./dcrf-dialogue.ts";
import { Departed } from "./departed.ts";
import type { Stream } from "./stream.ts";

/**
 * The dialect of Django Channels REST Framework 1.3 and of dcrf-client: resources as streams of one socket.
 *
 * @param streams by the names that clients use
 */
export function dcrfDialect(streams: ReadonlyMap<string, Stream>, limits: Limits): Dialect {
  const parts = { streams, limits, departed: new Departed(), measure: createRowBytes() };
  return {
    heartbeat: "server",
    closesAnonymous: null,
    movesLists: false,
    answersFirst: true,
    open: (end) => new DcrfDialogue(parts, end),
  };
}
