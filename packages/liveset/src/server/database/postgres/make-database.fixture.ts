import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's URL of a PostgreSQL server for tests: see `scripts/postgres/global-setup.ts`. */
    readonly postgresUrl: string;
  }
}

/** A database of a test's own, on the server of all integration tests. */
export interface TestDatabase {
  readonly url: string;
  /** A connection that knows nothing of liveset. */
  readonly client: pg.Client;
  remove(): Promise<void>;
}

/** Makes a database with the tables of the SQL, on the server of all integration tests or on another. */
export async function makeDatabase(
  sql: string,
  server: string = inject("postgresUrl"),
): Promise<TestDatabase> {
  const name = `liveset_test_${randomBytes(6).toString("hex")}`;
  await once(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  await client.query(sql);
  return {
    url,
    client,
    remove: async () => {
      await client.end();
      await once(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
