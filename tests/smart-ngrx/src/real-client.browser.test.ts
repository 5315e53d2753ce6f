import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { describe } from "vitest";
import { browserForTests } from "../../../scripts/find-browser.ts";
import { startOrgServer } from "./org-server.ts";
import { describeReferenceClient, type Place, type RemoteClient } from "./real-client-suite.ts";
import type { ReferenceClient } from "./reference-client.ts";

const found = await browserForTests();

describe.skipIf(found === null)("SmartNgRX in Chromium", () => {
  describeReferenceClient(
    "its packages 3.0.0 in a page, driven by an event stream of the client's own names",
    inPage,
    {
      transport: "events",
      translates: false,
    },
  );
});

async function inPage(): Promise<Place> {
  const files = new Map([
    ["/", ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'] as const],
    ["/page.js", ["text/javascript", await bundle("page.ts")] as const],
  ]);
  const translate = {
    docs: { table: "orgChildren", prefix: "docs:" },
    folders: { table: "orgChildren", prefix: "folders:" },
  };
  const server = await startOrgServer({ translate }, files);
  const browser = await chromium.launch(found ?? {});
  const page = await browser.newPage();
  await page.goto(server.url);
  const client = new Proxy({} as RemoteClient, {
    get:
      (_, method: string) =>
      (...args: unknown[]) =>
        page.evaluate(
          async ([name, given]) => {
            const own = await (window as unknown as { client: Promise<ReferenceClient> }).client;
            return (own as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...given);
          },
          [method, args] as const,
        ),
  });
  return {
    server,
    client,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

async function bundle(entry: string): Promise<string> {
  const built = await rolldown({
    input: fileURLToPath(new URL(entry, import.meta.url)),
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await built.generate({ format: "esm" });
  await built.close();
  return output[0].code;
}
