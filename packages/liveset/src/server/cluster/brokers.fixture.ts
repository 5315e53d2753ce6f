import { join } from "node:path";
import type { BrokerProgram } from "../../testing/programs/broker-harness.ts";
import { natsJetStream } from "./nats/nats-jetstream.ts";
import { redisStreams } from "./redis/redis-streams.ts";

/** The brokers that nodes may share, each by its program. */
export const brokers: readonly Omit<BrokerProgram & { readonly program: string }, "path">[] = [
  {
    program: "redis-server",
    args: (port, folder) => ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    connect: (port) => redisStreams(`redis://127.0.0.1:${port}`),
  },
  {
    program: "nats-server",
    args: (port, folder) => ["-js", "-sd", join(folder, "data"), "-a", "127.0.0.1", "-p", String(port)],
    connect: (port) => natsJetStream(`nats://127.0.0.1:${port}`),
  },
];
