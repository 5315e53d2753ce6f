import type { TestProject } from "vitest/node";
import { startPostgres } from "../../packages/liveset/src/testing/programs/start-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's URL of a PostgreSQL server for tests. */
    readonly postgresUrl: string;
  }
}

/** One PostgreSQL server for all integration tests: that of `DATABASE_URL`, or one that is started here and ended after them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== "") {
    project.provide("postgresUrl", given);
    return async () => {};
  }
  const { url, stop } = await startPostgres();
  project.provide("postgresUrl", url);
  return stop;
}
