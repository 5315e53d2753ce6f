/** One import, re-export, dynamic import or import type of a module. */
export interface Import {
  /** What is imported; null where a dynamic import's argument is not a literal. */
  readonly specifier: string | null;
  readonly line: number;
}

/** A use of a name that the module does not import, such as `Buffer` or `setTimeout`. */
export interface GlobalUse {
  readonly name: string;
  readonly line: number;
}

/** What the checks of the code's shape know of one file. */
export interface Source {
  /** Path relative to the folder that is checked, with `/`. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly globals: readonly GlobalUse[];
  /** Lines that hold code: neither blank nor only comment. */
  readonly codeLines: number;
}
