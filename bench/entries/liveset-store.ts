export { createStore } from "liveset/store";
export * from "./liveset.ts";
