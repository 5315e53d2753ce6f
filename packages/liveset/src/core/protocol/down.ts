import { type Changes, changes } from "./changes.ts";
import { type Commit, commit } from "./commit.ts";
import { type ErrorFrame, error } from "./error.ts";
import { type FeedFrame, feed } from "./feed.ts";
import { type Pong, pong } from "./pong.ts";
import { type Reset, reset } from "./reset.ts";
import { type Response, response } from "./response.ts";
import type { Schema } from "./schema.ts";
import { type Subscribed, subscribed } from "./subscribed.ts";
import { type Welcome, welcome } from "./welcome.ts";

/** A frame that a server sends. */
export type Down = Welcome | Subscribed | Changes | Commit | Reset | Response | ErrorFrame | Pong | FeedFrame;

/** The schemas of the frames that a server sends, by `type`. */
export const down: { readonly [T in Down["type"]]: Schema<Extract<Down, { type: T }>> } = {
  welcome,
  subscribed,
  changes,
  commit,
  reset,
  response,
  error,
  pong,
  feed,
};
