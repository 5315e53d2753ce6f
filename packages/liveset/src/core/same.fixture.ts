/** True where two types are the same, and not only assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** For type tests: `same<A, B>(true)` compiles where the types are the same, `same<A, B>(false)` where they are not. */
export const same = <A, B>(_: Equal<A, B>): void => {};
