import { fileURLToPath } from "node:url";

/** A page of the demo, built by the `vite.config.ts` of its folder. */
export interface Page {
  /** Where it is served, with a slash at its end. */
  readonly path: string;
  /** Its folder. */
  readonly root: string;
  /** What it is made of, from its folder: where something of it is newer than what was built, it is built anew. */
  readonly sources: readonly string[];
}

const example = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const liveset = (...folders: string[]): string[] =>
  folders.map((folder) => `../../packages/liveset/src/${folder}`);

/** The page that is there when the demo says so. */
export const todoPage: Page = {
  path: "/",
  root: example("todo"),
  sources: ["page", "vite.config.ts", ...liveset("binding", "client", "core", "store", "vue")],
};

/** The application of the Vuex tutorial. */
const patientsPage: Page = {
  path: "/patients/",
  root: example("patients"),
  sources: [
    "page",
    "vite.config.ts",
    "../todo/page",
    ...liveset("binding", "client", "core", "store", "vuex"),
  ],
};

/** The tree of departments. */
const departmentsPage: Page = {
  path: "/departments/",
  root: example("departments"),
  sources: [
    "page",
    "build",
    "vite.config.ts",
    "../todo/page/styles",
    ...liveset("angular", "binding", "client", "core", "store"),
  ],
};

/** The pages that are built when they are first asked for. */
export const otherPages: readonly Page[] = [patientsPage, departmentsPage];
