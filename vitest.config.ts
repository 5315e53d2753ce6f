import { compile } from "svelte/compiler";
import { defineConfig } from "vitest/config";

// `liveset` and its subpaths mean the sources, as they do for tsc and for `node --conditions=liveset-source`.
const conditions = ["liveset-source"];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };

/** Frameworks whose packages are other ones on a page than on a server; their tests on a server are called so. */
const onPage = "packages/liveset/src/{solid,svelte}/**/*.test.ts";
const onServer = "**/*.server.test.ts";

/** Components of tests, by Svelte's own compiler. */
const svelteFiles = (generate: "client" | "server") => ({
  name: "svelte-files",
  transform: (code: string, id: string) =>
    id.endsWith(".svelte") ? compile(code, { filename: id, generate }).js : null,
});

const integration = "**/*.integration.test.ts";
const browser = "**/*.browser.test.ts";
const setupFiles = [`${import.meta.dirname}/scripts/replay-seed.ts`];
const never = ["**/node_modules/**", "**/dist/**"];
// No test is about time: these end what hangs, on a slow and busy machine too.
const patience = { testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ["default", `${import.meta.dirname}/scripts/dialects/reporter.ts`],
    projects: [
      {
        plugins: [svelteFiles("server")],
        resolve,
        ssr,
        test: {
          name: "unit",
          setupFiles,
          isolate: false,
          ...patience,
          include: ["packages/*/src/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [
            ...never,
            integration,
            browser,
            "packages/liveset/src/{solid,svelte}/**/!(*.server).test.ts",
          ],
        },
      },
      {
        plugins: [svelteFiles("client")],
        resolve: { conditions: [...conditions, "browser"] },
        ssr: { resolve: { conditions: [...conditions, "browser", "import", "module"] } },
        test: {
          name: "page",
          setupFiles,
          ...patience,
          environment: "happy-dom",
          include: [onPage],
          exclude: [...never, onServer, browser],
          server: { deps: { inline: [/solid-js/, /svelte/] } },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "integration",
          isolate: false,
          setupFiles,
          globalSetup: `${import.meta.dirname}/scripts/postgres/global-setup.ts`,
          include: [integration],
          exclude: never,
          ...patience,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "browser",
          include: [browser],
          exclude: never,
          fileParallelism: false,
          ...patience,
        },
      },
    ],
  },
});
