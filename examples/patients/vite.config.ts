import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defaultClientConditions, defineConfig } from "vite";

const page = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url));

export default defineConfig({
  root: page("."),
  base: "/patients/",
  plugins: [vue()],
  resolve: {
    conditions: ["liveset-source", ...defaultClientConditions],
    // What dcrf-client asks Node for.
    alias: { events: fileURLToPath(import.meta.resolve("events/events.js")) },
  },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    reportCompressedSize: false,
    rolldownOptions: { input: [page("index.html"), page("tutorial.html")] },
  },
});
