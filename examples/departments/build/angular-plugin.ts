import {
  createCompilerHost,
  formatDiagnostics,
  performCompilation,
  readConfiguration,
} from "@angular/compiler-cli";
import linker from "@angular/compiler-cli/linker/babel";
import { transformAsync } from "@babel/core";
import ts from "typescript";
import type { Plugin } from "vite";

/**
 * Angular for Vite: the sources of a project are compiled ahead of time by Angular's own compiler, and what Angular publishes half compiled is
 * linked. So the page needs no compiler, and no `unsafe-eval`.
 *
 * @param project its `tsconfig.json`
 */
export function angular(project: string): Plugin {
  let compiled: ReadonlyMap<string, string> = new Map();
  return {
    name: "angular",
    enforce: "pre",
    buildStart() {
      compiled = compile(project, (faults) => this.error(faults));
    },
    load: (id) => compiled.get(id),
    transform: {
      filter: { id: /node_modules.*\.mjs$/, code: /ɵɵngDeclare/ },
      handler: (code, id) => link(code, id),
    },
  };
}

/** The compiled text of each of the project's own files. Types are checked by `check:types`, not by each build. */
function compile(project: string, fail: (faults: string) => never): ReadonlyMap<string, string> {
  const { rootNames, options, errors } = readConfiguration(project, { noEmit: false, types: [] });
  const host = createCompilerHost({ options });
  // Templates are compiled by what Angular and the page itself declare. The types of all else would take most of the time, and change nothing.
  host.resolveModuleNames = (names, containing) =>
    names.map((name) =>
      /^\.\.?\/(?!\.\.)|^@angular\/|^rxjs/.test(name)
        ? ts.resolveModuleName(name, containing, options, host).resolvedModule
        : undefined,
    );
  const compiled = new Map<string, string>();
  host.writeFile = (_, text, __, ___, sources) => {
    const [source] = sources ?? [];
    if (source !== undefined) compiled.set(source.fileName, text);
  };
  const { diagnostics } = performCompilation({
    rootNames,
    options,
    host,
    gatherDiagnostics: (program) => [
      ...program.getTsSyntacticDiagnostics(),
      ...program.getNgStructuralDiagnostics(),
    ],
  });
  const faults = [...errors, ...diagnostics];
  if (faults.length > 0) fail(formatDiagnostics(faults));
  return compiled;
}

async function link(code: string, filename: string): Promise<{ code: string; map: null }> {
  const linked = await transformAsync(code, {
    filename,
    plugins: [[linker, { linkerJitMode: false }]],
    compact: false,
    configFile: false,
    babelrc: false,
  });
  return { code: linked?.code ?? code, map: null };
}
