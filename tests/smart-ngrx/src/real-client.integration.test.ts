import { startOrgServer } from "./org-server.ts";
import { describeReferenceClient, type Place, type RemoteClient } from "./real-client-suite.ts";
import { ReferenceClient } from "./reference-client.ts";

describeReferenceClient("the packages of SmartNgRX 3.0.0 in Node, driven over a WebSocket", inNode, {
  transport: "socket",
  translates: true,
});

async function inNode(): Promise<Place> {
  const server = await startOrgServer({});
  const client = await ReferenceClient.start(server.url);
  return {
    server,
    client: client as unknown as RemoteClient,
    async close() {
      client.disconnect();
      await server.close();
    },
  };
}
