import { posix } from "node:path";
import type { Source } from "../source/source.ts";
import { isNodeOnly, isTest, type LayerRule, layerOf, layerRules, nodePackages } from "./rules.ts";

/**
 * Holds every import against the rules of `rules.ts`.
 *
 * @returns one sentence for each forbidden one, beginning with `path:line`.
 */
export function checkEdges(sources: ReadonlyMap<string, Source>): string[] {
  return [...sources.values()].flatMap((source) => {
    const rule = layerRules[isTest(source.path) ? "testing" : layerOf(source.path)];
    if (rule === undefined)
      return [`${source.path}:1 is in no known layer. Layers are listed in scripts/layers/rules.ts.`];
    const faults = source.imports.map(({ specifier, line }) => {
      const fault = importFault(source.path, specifier, rule, sources);
      return fault === null ? null : `${source.path}:${line} ${fault}`;
    });
    return [...faults.filter((fault) => fault !== null), ...globalFaults(source, rule)];
  });
}

/** The module of this package that a relative specifier means. */
export function resolveImport(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

function importFault(
  path: string,
  specifier: string | null,
  rule: LayerRule,
  sources: ReadonlyMap<string, Source>,
): string | null {
  if (specifier === null) {
    return isNodeOnly(path) || isTest(path) ? null : "imports something that only running it can tell.";
  }
  if (specifier.startsWith(".")) return moduleFault(path, resolveImport(path, specifier), rule, sources);
  return isTest(path) ? null : packageFault(path, specifier, rule);
}

function moduleFault(
  path: string,
  target: string,
  rule: LayerRule,
  sources: ReadonlyMap<string, Source>,
): string | null {
  if (!sources.has(target)) return `imports ${target}, which is no module of this package.`;
  if (isTest(path)) return null;
  if (isTest(target)) return `imports ${target}: nothing imports a test.`;
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from !== to && !rule.layers.includes(to)) return `imports ${target}: ${from} must not import ${to}.`;
  if (isNodeOnly(target) && !isNodeOnly(path))
    return `imports ${target}, which needs Node; ${path} must not.`;
  return null;
}

function packageFault(path: string, specifier: string, rule: LayerRule): string | null {
  const nodeOnly = isNodeOnly(path);
  if (specifier.startsWith("node:"))
    return nodeOnly ? null : `imports ${specifier}: only Node-only modules may.`;
  const name = packageName(specifier);
  if (name === "liveset") return `imports ${specifier}: inside the package, imports are relative.`;
  if (rule.packages === "any" || rule.packages.includes(name)) return null;
  if (nodePackages.includes(name))
    return nodeOnly ? null : `imports ${specifier}: only Node-only modules may.`;
  return `imports ${specifier}: ${layerOf(path)} must not import the package ${name}.`;
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function globalFaults(source: Source, rule: LayerRule): string[] {
  if (isTest(source.path) || isNodeOnly(source.path)) return [];
  return source.globals
    .filter(({ name }) => rule.withoutGlobals.includes(name))
    .map(({ name, line }) => `${source.path}:${line} uses ${name}: ${layerOf(source.path)} must not.`);
}
