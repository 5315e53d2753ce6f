/** What a block is written in. */
export type Language = "ts" | "tsx" | "svelte";

/** A block of code that documentation shows. */
export interface CodeBlock {
  readonly language: Language;
  /** Document or source file that it stands in, relative to the root. */
  readonly path: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** Name given by `ts file=server.ts`: other blocks of the same document may import it as `./server.ts`. */
  readonly file: string | null;
}
