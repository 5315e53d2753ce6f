/** What the modules of one layer may import. */
export interface LayerRule {
  /** Other layers; its own is always allowed. */
  readonly layers: readonly string[];
  /** Packages, by name; `"any"` for a layer that runs in tests only. */
  readonly packages: readonly string[] | "any";
  /** Names of the platform that it must not use. */
  readonly withoutGlobals: readonly string[];
}

const nodeGlobals: readonly string[] = [
  "Buffer",
  "process",
  "NodeJS",
  "setImmediate",
  "require",
  "__dirname",
];

/** Things that a function from value to value has no business with. */
const platformGlobals: readonly string[] = [
  "setTimeout",
  "setInterval",
  "clearTimeout",
  "clearInterval",
  "fetch",
  "WebSocket",
  "window",
  "document",
  "navigator",
  "localStorage",
  "crypto",
];

const serverPackages: readonly string[] = [
  "@standard-schema/spec",
  "drizzle-orm",
  "drizzle-zod",
  "hono",
  "zod",
];

const bindingLayers: readonly string[] = ["core", "store", "client", "binding"];

/** A framework's binding: thin, over the client, and over what all bindings share (`binding`). */
function bindingOf(...packages: string[]): LayerRule {
  return { layers: bindingLayers, packages, withoutGlobals: nodeGlobals };
}

/**
 * The layers: folders of `packages/liveset/src`, and its modules outside any folder. A new binding is one more line.
 *
 *     vue, react, … ──▶ binding ──▶ client ──▶ store ──▶ core ◀── server ◀── index.ts, cli.ts
 *     testing ──▶ all
 */
export const layerRules: Readonly<Record<string, LayerRule>> = {
  core: { layers: [], packages: [], withoutGlobals: [...nodeGlobals, ...platformGlobals] },
  server: { layers: ["core"], packages: serverPackages, withoutGlobals: nodeGlobals },
  store: { layers: ["core"], packages: [], withoutGlobals: nodeGlobals },
  client: { layers: ["core", "store"], packages: [], withoutGlobals: nodeGlobals },
  binding: { layers: ["core", "store", "client"], packages: [], withoutGlobals: nodeGlobals },
  vue: bindingOf("vue"),
  pinia: { ...bindingOf("pinia", "vue"), layers: [...bindingLayers, "vue"] },
  vuex: bindingOf("vuex", "vue"),
  react: bindingOf("react"),
  angular: bindingOf("@angular/core"),
  ngrx: { ...bindingOf("@ngrx/signals", "@angular/core"), layers: [...bindingLayers, "angular"] },
  svelte: bindingOf("svelte"),
  solid: bindingOf("solid-js"),
  "tanstack-db": bindingOf("@tanstack/db"),
  testing: {
    layers: ["server", ...bindingLayers, "vue", "index.ts"],
    packages: "any",
    withoutGlobals: [],
  },
  "index.ts": { layers: ["core", "server"], packages: [], withoutGlobals: nodeGlobals },
  "cli.ts": { layers: ["core", "server"], packages: serverPackages, withoutGlobals: [] },
};

/** The layer of a module: its first folder, or its own name where it is in none. A test is of the layer of what it tests. */
export function layerOf(path: string): string {
  const [first = path] = path.split("/");
  return first.replace(/(\.[a-z]+)?\.(test|test-d|fixture)\.ts$/, ".ts");
}

/** Tests, type tests and what only they use. They may import everything; nothing may import them. */
export function isTest(path: string): boolean {
  return /\.(test|test-d|fixture)\.(ts|svelte)$/.test(path);
}

/**
 * Modules that need Node: they may import `node:*` and the packages below, and use Node's globals. A module that is not one
 * of them must not import one, so that everything else runs on any platform.
 */
export function isNodeOnly(path: string): boolean {
  return (
    path === "cli.ts" ||
    path === "server/node.ts" ||
    path.startsWith("server/node/") ||
    path.startsWith("server/database/sqlite/") ||
    path.startsWith("server/database/postgres/") ||
    path.startsWith("server/cluster/redis/") ||
    path.startsWith("server/cluster/nats/") ||
    path === "server/feed/sqlite-feed.ts" ||
    path.startsWith("testing/")
  );
}

/** Packages that need Node, allowed in Node-only modules of any layer beside the layer's own. */
export const nodePackages: readonly string[] = [
  "@hono/node-server",
  "@nats-io/jetstream",
  "@nats-io/transport-node",
  "pg",
  "pino",
  "redis",
  "ws",
];
