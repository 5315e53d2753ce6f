import { mount, unmount } from "svelte";
import type { Client } from "../client/client.ts";
import Page from "./page.fixture.svelte";

/** Puts a list on a page; the returned function takes it away. */
export function start(client: Client, target: Element): () => void {
  const page = mount(Page, { target, props: { client } });
  return () => void unmount(page);
}
