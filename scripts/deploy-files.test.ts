import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "./run-command.ts";

const read = (name: string): string => readFileSync(join(root, "docs", "deploy", name), "utf8");

const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/);
const command = z.union([z.string(), z.array(z.string())]);

/** The part of the Compose Specification that the file uses; whatever else it says is a mistake. */
const service = z.strictObject({
  image: z
    .string()
    .regex(/^[a-z0-9./-]+:[\w.-]+$/)
    .optional(),
  build: z.string().optional(),
  command: command.optional(),
  environment: z.record(z.string().regex(/^[A-Z_]+$/), z.string()).optional(),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(:ro)?$/)).optional(),
  ports: z.array(z.string().regex(/^\d+:\d+$/)).optional(),
  depends_on: z
    .union([
      z.array(z.string()),
      z.record(
        z.string(),
        z.strictObject({
          condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
        }),
      ),
    ])
    .optional(),
  healthcheck: z
    .strictObject({ test: command, interval: duration, timeout: duration, retries: z.int().positive() })
    .optional(),
  stop_grace_period: duration.optional(),
  restart: z.enum(["no", "always", "on-failure", "unless-stopped"]).optional(),
});
const file = z.strictObject({
  name: z.string(),
  "x-node": z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

test("compose.yaml is a Compose file whose services, volumes and conditions are there", () => {
  const { services, volumes } = file.parse(parse(read("compose.yaml"), { merge: true }));
  expect(Object.keys(services)).toEqual(["postgres", "nats", "node-1", "node-2", "proxy"]);
  for (const [name, { image, build, depends_on: needed = [], volumes: mounts = [] }] of Object.entries(
    services,
  )) {
    expect(
      [image, build].filter((each) => each !== undefined),
      name,
    ).toHaveLength(1);
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) {
      expect(services[other], `${name} depends on ${other}`).toBeDefined();
      const isHealthy = !Array.isArray(needed) && needed[other]?.condition === "service_healthy";
      expect(isHealthy && services[other]?.healthcheck === undefined, `${other} has no health check`).toBe(
        false,
      );
    }
    for (const mount of mounts) {
      const [source = ""] = mount.split(":");
      expect(source.startsWith("./") || source in volumes, `${name} mounts ${source}`).toBe(true);
    }
  }
});

test("compose.yaml gives nodes what the program of the guide reads, and more time than it takes to stop", () => {
  const guide = readFileSync(join(root, "docs", "deploy.md"), "utf8");
  const { services } = file.parse(parse(read("compose.yaml"), { merge: true }));
  const read_ = [...(/const \{ (.*) \} = process\.env/.exec(guide)?.[1]?.matchAll(/([A-Z_]+) =/g) ?? [])];
  expect(Object.keys(services["node-1"]?.environment ?? {})).toEqual(read_.map((match) => match[1]));
  const [drain, patience] = ["drain", "patience"].map((name) =>
    Number(new RegExp(`${name}: ([\\d_]+)`).exec(guide)?.[1]?.replaceAll("_", "")),
  );
  const grace = Number.parseInt(services["node-1"]?.stop_grace_period ?? "", 10) * 1_000;
  expect(grace).toBeGreaterThan((drain ?? Number.NaN) + (patience ?? Number.NaN));
});

test.each(["nginx.conf", "Caddyfile"])(
  "%s names both nodes, and asks the next one where one drains",
  (name) => {
    const text = read(name);
    expect(text).toMatch(/node-1:8000/);
    expect(text).toMatch(/node-2:8000/);
    expect(text).toMatch(/503/);
    expect(text).toMatch(/least_conn/);
    const [opened, closed] = [/\{/g, /\}/g].map((brace) => text.match(brace)?.length);
    expect(opened).toBe(closed);
  },
);
