/** An object without any field: the default of what may be left out. */
export type Nothing = Readonly<Record<never, never>>;
