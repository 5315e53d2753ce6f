import { defaultClientConditions, defineConfig } from "vite";
import { angular } from "./build/angular-plugin.ts";

const page = new URL("page", import.meta.url).pathname;

export default defineConfig({
  root: page,
  base: "/departments/",
  plugins: [angular(`${page}/tsconfig.json`)],
  define: { ngDevMode: "false", ngJitMode: "false" },
  resolve: { conditions: ["liveset-source", ...defaultClientConditions] },
  build: { outDir: "../dist", emptyOutDir: true, reportCompressedSize: false },
});
