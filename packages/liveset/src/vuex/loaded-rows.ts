import { openLive } from "../binding/live-text.ts";
import type { LiveHandle } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";

type Rows<Row> = readonly Row[];

/** One store's rows of a module: a live list, of which every new state is committed once. */
export class LoadedRows<Row> {
  readonly #commit: (rows: Rows<Row>) => void;
  readonly #tell: (error: LivesetError) => void;
  #resource: ResourceClient | null = null;
  #text = "";
  #handle: LiveHandle<Rows<Row>> | null = null;
  #committed: Rows<Row> | null = null;
  #told: LivesetError | null = null;

  constructor(commit: (rows: Rows<Row>) => void, tell: (error: LivesetError) => void) {
    this.#commit = commit;
    this.#tell = tell;
  }

  /**
   * Follows a query, and resolves when there is an answer or a refusal, or something else was asked for. What is followed already is
   * committed again, and asked for anew where it was refused.
   *
   * @param text of `liveText`
   */
  async load(resource: ResourceClient, text: string): Promise<void> {
    const old = this.#handle;
    const isNew = old === null || resource !== this.#resource || text !== this.#text;
    const handle: LiveHandle<Rows<Row>> = isNew ? openLive(resource, "live", text) : old;
    this.#resource = resource;
    this.#text = text;
    this.#handle = handle;
    if (isNew) {
      handle.subscribe(() => this.#show());
      old?.release();
    }
    this.#committed = null;
    const isRefused = handle.getSnapshot().status === "error";
    // A refusal is told by `#show`.
    await (isRefused ? handle.refresh() : handle.whenReady()).catch(() => {});
    if (handle === this.#handle) this.#show();
  }

  leave(): void {
    this.#handle?.release();
  }

  #show(): void {
    const result = this.#handle?.getSnapshot();
    if (result === undefined || result.error?.code === "released") return;
    const { data, status, error } = result;
    // While there is no answer the rows of before stay. A refusal for good takes them away, as the right to see them may be gone.
    const isGone = status === "error" && error?.retry === false;
    if ((status === "success" || isGone) && data !== this.#committed) {
      this.#committed = data;
      this.#commit(data);
    }
    if (status !== "error" || error === null || error === this.#told) return;
    this.#told = error;
    this.#tell(error);
  }
}
