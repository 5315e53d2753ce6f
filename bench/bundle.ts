import { rolldown } from "rolldown";

/** What a browser would be given: the code of a module with all that it imports, for production and minified. */
export async function bundle(entry: string, external: readonly RegExp[] = []): Promise<string> {
  const made = await rolldown({
    input: entry,
    external: [...external],
    platform: "browser",
    logLevel: "silent",
    resolve: { conditionNames: ["liveset-source", "browser", "import", "default"] },
    transform: {
      define: {
        "process.env.NODE_ENV": '"production"',
        __DEV__: "false",
        ngDevMode: "false",
        __VUE_OPTIONS_API__: "true",
        __VUE_PROD_DEVTOOLS__: "false",
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
      },
    },
  });
  const { output } = await made.generate({ format: "esm", minify: true });
  await made.close();
  return output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
}
