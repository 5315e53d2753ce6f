import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A cable between a page and a server that can be pulled out and put back. */
export interface Cable {
  readonly url: string;
  pullOut(): void;
  putBack(): void;
  close(): void;
}

/** Lays a cable to a port of this machine: whatever comes in at its own port is passed on, both ways. */
export async function layCable(port: number): Promise<Cable> {
  const open = new Set<Socket>();
  let isOut = false;
  const relay = createServer((near) => {
    if (isOut) {
      near.destroy();
      return;
    }
    const far = connect(port, "localhost");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  relay.listen(0);
  await once(relay, "listening");
  const address = relay.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port.");
  const cut = () => {
    isOut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://localhost:${address.port}`,
    pullOut: cut,
    putBack() {
      isOut = false;
    },
    close() {
      cut();
      relay.close();
    },
  };
}
