import vue from "@vitejs/plugin-vue";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: new URL("page", import.meta.url).pathname,
  plugins: [vue()],
  resolve: { conditions: ["liveset-source", ...defaultClientConditions] },
  build: { outDir: "../dist", emptyOutDir: true, reportCompressedSize: false },
});
