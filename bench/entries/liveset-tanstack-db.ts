export { createCollection, createLiveQueryCollection, eq } from "@tanstack/db";
export { createClient } from "liveset/client";
export { livesetCollectionOptions } from "liveset/tanstack-db";
