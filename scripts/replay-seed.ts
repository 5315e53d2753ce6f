/**
 * Vitest runs this before each test file. With `LIVESET_SEED` (and `LIVESET_PATH`), as fast-check printed them for a failure, every
 * property begins with that very case.
 */
const { LIVESET_SEED: seed, LIVESET_PATH: path } = process.env;
if (seed !== undefined && seed !== "") {
  const { configureGlobal } = await import("fast-check");
  configureGlobal({ seed: Number(seed), ...(path === undefined ? {} : { path }) });
}
