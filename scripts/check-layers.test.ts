import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, test } from "vitest";
import { checkLayers } from "./check-layers.ts";

/** Writes a package's `src` to a temporary folder, which is removed after the test. */
function tree(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "layers-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("a package that keeps to its layers has no faults", ({ expect }) => {
  const folder = tree({
    "core/a.ts": "export type A = 1;",
    "server/b.ts": 'import { Hono } from "hono/tiny"; export type { A } from "../core/a.ts"; void Hono;',
    "server/node.ts":
      'import { createServer } from "node:http"; import "ws"; import "./b.ts"; void createServer;',
    "server/b.test.ts":
      'import "node:fs"; import "vitest"; import "../testing/pair.ts"; import "../client/c.ts";',
    "client/c.ts": "export const later: number = setTimeout(() => {}, 1);",
    "testing/pair.ts": 'import "../server/node.ts"; import "../client/c.ts";',
    "index.ts": 'export * from "./server/b.ts";',
  });
  expect(checkLayers(folder)).toEqual([]);
});

test("a forbidden edge is named with its line, in whatever form it is imported", ({ expect }) => {
  const folder = tree({
    "core/a.ts": 'export const a = 1;\nimport type { B } from "../server/b.ts";\nexport type C = B;',
    "core/lazy.ts": 'export const load = () => import("../server/b.ts");',
    "core/typed.ts": 'export type B = import("../server/b.ts").B;',
    "client/again.ts": 'export * from "../server/b.ts";',
    "server/b.ts": "export interface B {}",
  });
  expect(checkLayers(folder)).toEqual([
    "client/again.ts:1 imports server/b.ts: client must not import server.",
    "core/a.ts:2 imports server/b.ts: core must not import server.",
    "core/lazy.ts:1 imports server/b.ts: core must not import server.",
    "core/typed.ts:1 imports server/b.ts: core must not import server.",
  ]);
});

test("a package that a layer may not use is named", ({ expect }) => {
  const folder = tree({
    "core/a.ts": 'import { z } from "zod"; export { z };',
    "client/c.ts": 'import { ref } from "vue"; export { ref };',
    "server/b.ts": 'import express from "@types/express/x"; export { express };',
    "server/self.ts": 'import type { Api } from "liveset"; export type { Api };',
  });
  expect(checkLayers(folder)).toEqual([
    "client/c.ts:1 imports vue: client must not import the package vue.",
    "core/a.ts:1 imports zod: core must not import the package zod.",
    "server/b.ts:1 imports @types/express/x: server must not import the package @types/express.",
    "server/self.ts:1 imports liveset: inside the package, imports are relative.",
  ]);
});

test("Node stays in the modules that are for Node", ({ expect }) => {
  const folder = tree({
    "server/a.ts": 'import { readFile } from "node:fs"; export { readFile };',
    "server/b.ts": 'import { WebSocketServer } from "ws"; export { WebSocketServer };',
    "server/c.ts": "export const c = (bytes: Buffer) => Buffer.from(bytes);",
    "index.ts": 'export * from "./server/node.ts";',
    "server/node.ts": 'import "node:http"; export const p = process.env;',
    "core/now.ts": "export const now = () => setTimeout(() => {}, 1);",
  });
  expect(checkLayers(folder)).toEqual([
    "core/now.ts:1 uses setTimeout: core must not.",
    "index.ts:1 imports server/node.ts, which needs Node; index.ts must not.",
    "server/a.ts:1 imports node:fs: only Node-only modules may.",
    "server/b.ts:1 imports ws: only Node-only modules may.",
    "server/c.ts:1 uses Buffer: server must not.",
    "server/c.ts:1 uses Buffer: server must not.",
  ]);
});

test("a cycle is printed whole, also when it consists of type imports only", ({ expect }) => {
  const folder = tree({
    "core/a.ts": 'import type { B } from "./b.ts"; export interface A { b: B }',
    "core/b.ts": 'import type { C } from "./c.ts"; export interface B { c: C }',
    "core/c.ts": 'export interface C { a: import("./a.ts").A }',
    "core/outside.ts": 'export type { A } from "./a.ts";',
    "server/self.ts": 'export type { Self } from "./self.ts";',
  });
  expect(checkLayers(folder)).toEqual([
    "import cycle: core/a.ts → core/b.ts → core/c.ts → core/a.ts",
    "import cycle: server/self.ts → server/self.ts",
  ]);
});

test("nothing imports a test, a missing module, or a folder without a layer", ({ expect }) => {
  const folder = tree({
    "core/a.ts": 'import "./a.test.ts"; import "./gone.ts";',
    "core/a.test.ts": "",
    "misc/x.ts": "",
  });
  expect(checkLayers(folder)).toEqual([
    "core/a.ts:1 imports core/a.test.ts: nothing imports a test.",
    "core/a.ts:1 imports core/gone.ts, which is no module of this package.",
    "misc/x.ts:1 is in no known layer. Layers are listed in scripts/layers/rules.ts.",
  ]);
});

test("a file with more than 300 lines of code is refused; comments and blank lines do not count", ({
  expect,
}) => {
  const line = (index: number): string => `export const x${index} = 1; // why\n\n/* more\n   and more */\n`;
  const lines = (count: number): string => Array.from({ length: count }, (_, index) => line(index)).join("");
  const folder = tree({
    "core/long.ts": lines(301),
    "core/full.ts": lines(300),
    "core/long.test.ts": lines(999),
  });
  expect(checkLayers(folder)).toEqual(["core/long.ts:1 has 301 lines of code; at most 300 are allowed."]);
});

test("the scripts of Vue components are read, at their lines", ({ expect }) => {
  const folder = tree({
    "vue/x.vue": '<template>\n</template>\n<script setup lang="ts">\nimport "../server/b.ts";\n</script>',
    "server/b.ts": "",
  });
  expect(checkLayers(folder)).toEqual(["vue/x.vue:4 imports server/b.ts: vue must not import server."]);
});

test("the command fails with the faults, for a forbidden edge and for a cycle", ({ expect }) => {
  const folder = tree({
    "core/a.ts": 'import "../server/b.ts"; import "./c.ts";',
    "core/c.ts": 'import "./a.ts";',
    "server/b.ts": "",
  });
  const script = join(import.meta.dirname, "check-layers.ts");
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("core/a.ts:1 imports server/b.ts: core must not import server.");
  expect(stderr).toContain("import cycle: core/a.ts → core/c.ts → core/a.ts");
});
