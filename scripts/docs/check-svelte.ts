import { compile } from "svelte/compiler";
import type { CodeBlock } from "./code-block.ts";

/**
 * Compiles a component as for a page and as for a server.
 *
 * @returns what Svelte complains of, warnings too, at the places in the documentation
 */
export function checkSvelte({ path, line, code }: CodeBlock): string[] {
  const at = (fault: {
    readonly message: string;
    readonly start?: { readonly line: number } | undefined;
  }): string => `${path}:${line - 1 + (fault.start?.line ?? 1)} ${fault.message}`;
  const faults = (["client", "server"] as const).flatMap((generate) => {
    try {
      return compile(code, { generate }).warnings.map(at);
    } catch (thrown) {
      return [at(thrown as Error & { start?: { line: number } })];
    }
  });
  return [...new Set(faults)];
}

/** The script of a component, at the lines where it stands in the component, for the compiler of its types. */
export function scriptOfSvelte(code: string): string {
  const [before = "", rest = ""] = code.split(/<script lang="ts">/);
  const [script = ""] = rest.split("</script>");
  return before.replaceAll(/[^\n]/g, "") + script;
}
