import { argumentCases } from "./binding/argument-cases.ts";
import type { BindingCase, BindingUnderTest, Mounted } from "./binding/binding-harness.ts";
import { clientCases } from "./binding/client-cases.ts";
import { queryCases } from "./binding/query-cases.ts";
import { windowCases } from "./binding/window-cases.ts";
import { same } from "./database/checks.ts";
import type { SuiteRunner } from "./database-suite.ts";
import { type FakeNetwork, fakeNetwork } from "./fake-network.ts";

export type {
  BindingCase,
  BindingKind,
  BindingRun,
  BindingUnderTest,
  Mounted,
  MountRequest,
  ShownByBinding,
} from "./binding/binding-harness.ts";

/** Every requirement of a framework's binding. */
export const bindingCases: readonly BindingCase[] = [
  ...queryCases,
  ...argumentCases,
  ...windowCases,
  ...clientCases,
];

/**
 * The conformance suite of bindings: one test for each requirement, each with a client whose server is the suite. After each the components
 * are unmounted, and no subscription may be left.
 *
 * @example
 * ```ts
 * import { describe, test } from "vitest";
 * import { type BindingUnderTest, describeBinding } from "liveset/testing";
 *
 * declare const binding: BindingUnderTest;
 *
 * describeBinding("my framework", binding, { describe, test });
 * ```
 */
export function describeBinding(
  name: string,
  binding: BindingUnderTest,
  { describe, test }: SuiteRunner,
): void {
  const excused = binding.excused ?? {};
  const titles = new Set(bindingCases.map(({ title }) => title));
  const unknown = Object.keys(excused).filter((title) => !titles.has(title));
  if (unknown.length > 0) throw new Error(`There is no such clause: ${unknown.join("; ")}`);
  describe(name, () => {
    for (const { title, run } of bindingCases) {
      if (!Object.hasOwn(excused, title)) test(title, () => runCase(binding, run));
    }
  });
}

async function runCase(binding: BindingUnderTest, run: BindingCase["run"]): Promise<void> {
  const network = fakeNetwork();
  const mounted: Mounted[] = [];
  try {
    await run({
      network,
      binding,
      mount: async (kind, query = {}, options = {}) => {
        const { client } = network;
        const component = await binding.mount({ client, kind, resource: "tasks", query, options });
        mounted.push(component);
        return component;
      },
    });
  } finally {
    for (const component of mounted) await component.unmount();
  }
  network.clock.advance(2_000);
  leavesNothing(network);
  network.client.close();
}

function leavesNothing({ sockets }: FakeNetwork): void {
  const last = sockets.at(-1);
  if (last === undefined) return;
  const ended = new Set(last.all("unsubscribe").map(({ id }) => id));
  const refused = new Set(last.refused);
  const left = last.all("subscribe").filter(({ id }) => !ended.has(id) && !refused.has(id));
  same(left, [], "subscriptions that are left");
}
