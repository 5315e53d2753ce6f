import { onTestFinished } from "vitest";
import type { ApiTypes } from "../core/api-types.ts";
import type { Down } from "../core/protocol/down.ts";
import type { Up } from "../core/protocol/up.ts";
import type { Fixture } from "../server/live/live.fixture.ts";
import { type SocketPair, socketPair } from "../testing/socket-pair.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import type { Client } from "./client.ts";
import type { ClientOptions } from "./client-options.ts";
import { createClient } from "./create-client.ts";
import type { TestApi } from "./fake-network.fixture.ts";

/** A client of a server in one process: a pair of sockets, nothing doubled. */
export interface Line<A extends ApiTypes> {
  readonly client: Client<A>;
  readonly clock: VirtualClock;
  readonly pairs: SocketPair[];
  /** Everything that the server sent. */
  readonly frames: Down[];
  /** Everything that the client sent. */
  readonly sent: Up[];
  cut(): void;
}

/** Connects a client as a user; null for nobody. It is closed with the test. */
export function connect<A extends ApiTypes = TestApi>(
  fixture: Fixture,
  user: number | null = 7,
  options: ClientOptions = {},
): Line<A> {
  const clock = new VirtualClock();
  const pairs: SocketPair[] = [];
  const frames: Down[] = [];
  const sent: Up[] = [];
  const client = createClient<A>(`ws://test/ws/${user === null ? "" : `?user=${user}`}`, {
    clock,
    random: () => 0.5,
    webSocket: (url) => {
      const pair = socketPair();
      pairs.push(pair);
      fixture.server.accept(pair.server, new Request(url.replace("ws:", "http:")));
      pair.server.addEventListener("message", ({ data }) => sent.push(JSON.parse(String(data)) as Up));
      pair.client.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data)) as Down));
      return pair.client;
    },
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, clock, pairs, frames, sent, cut: () => pairs.at(-1)?.cut() };
}
