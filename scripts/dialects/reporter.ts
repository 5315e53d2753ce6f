import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { type Clause, dialectOf, printDialects, printLine } from "./clause.ts";

const root = join(import.meta.dirname, "..", "..");
const page = join(root, "docs", "dialects.md");

/**
 * Compares `docs/dialects.md` with the results of the tests that it lists, as far as they have run; with LIVESET_WRITE_DIALECTS it
 * writes the page instead. A run of single tests of a file says nothing of that file.
 */
export default class DialectsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = modules.filter((module) => dialectOf(module.moduleId) !== null && isWhole(module));
    const clauses = ran.flatMap(clausesOf);
    if (process.env.LIVESET_WRITE_DIALECTS !== undefined) {
      writeFileSync(page, printDialects(clauses.toSorted(byFile)));
      return;
    }
    const written = new Set(readFileSync(page, "utf8").split("\n"));
    const missing = clauses.filter((clause) => clause.passed && !written.has(printLine(clause)));
    if (missing.length === 0) return;
    const [first] = missing;
    process.stderr.write(
      `\ndocs/dialects.md lacks ${missing.length} clauses, such as "${first?.title}". Run \`npm run docs:dialects\`.\n`,
    );
    process.exitCode = 1;
  }
}

function isWhole(module: TestModule): boolean {
  return [...module.children.allTests()].every(
    (test) => test.result().state !== "skipped" || test.options.mode === "todo",
  );
}

function clausesOf(module: TestModule): readonly Clause[] {
  return [...module.children.allTests()].map((test) => ({
    file: relative(root, module.moduleId),
    group: test.parent.type === "suite" ? test.parent.name : "all else",
    title: test.name,
    passed: test.result().state === "passed",
  }));
}

/** Acceptance first, then real clients; within a file as it stands there. */
function byFile(a: Clause, b: Clause): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}
