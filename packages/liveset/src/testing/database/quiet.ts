import type { Log } from "../../server/log.ts";

const nothing = (): void => {};

/** A log that says nothing. */
export const quiet: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
