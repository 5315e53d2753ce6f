export { createCollection, createLiveQueryCollection, eq, localOnlyCollectionOptions } from "@tanstack/db";
