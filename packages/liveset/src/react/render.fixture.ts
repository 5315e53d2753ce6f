import { act, createElement, type FunctionComponent, type ReactNode, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { onTestFinished } from "vitest";
import type { Client } from "../client/client.ts";
import type { ApiTypes } from "../core/api-types.ts";
import { LivesetProvider } from "./liveset-provider.ts";

/** A component on a page, which a test renders again and again. */
export interface Rendered<P> {
  readonly element: HTMLElement;
  /** Renders it with other arguments. */
  render(props: P): Promise<void>;
  unmount(): Promise<void>;
}

/** Renders a component below a provider; all effects are done then. It is unmounted with the test. */
export async function render<P extends object, A extends ApiTypes>(
  client: Client<A>,
  component: FunctionComponent<P>,
  props: P,
  { strict = false } = {},
): Promise<Rendered<P>> {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const element = document.createElement("div");
  const root: Root = createRoot(element);
  const draw = (to: P): Promise<void> => act(async () => root.render(tree(client, component, to, strict)));
  const unmount = (): Promise<void> => act(async () => root.unmount());
  onTestFinished(unmount);
  await draw(props);
  return { element, render: draw, unmount };
}

/** A component below a provider. */
export function tree<P extends object, A extends ApiTypes>(
  client: Client<A>,
  component: FunctionComponent<P>,
  props: P,
  strict = false,
): ReactNode {
  const page = createElement(LivesetProvider<A>, { client }, createElement(component, props));
  return strict ? createElement(StrictMode, null, page) : page;
}
