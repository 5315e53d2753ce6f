// To be imported first: the packages look at `window` when they are loaded, and collect garbage when the page is idle.
const scope = globalThis as { window?: object; requestIdleCallback?: (work: () => void) => unknown };
scope.window ??= {};
scope.requestIdleCallback ??= (work) => setTimeout(work, 0);
