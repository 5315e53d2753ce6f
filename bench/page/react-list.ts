import { createElement, memo, type ReactNode, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import type { Contestant, Row } from "./contestant.ts";

const RowView = memo(function RowView({ row }: { readonly row: Row }): ReactNode {
  return createElement("li", { id: `r${row.id}` }, row.text);
});

/** Shows the first rows of a contestant's list with React: a memoised component for each row. */
export function mountReact(root: Element, contestant: Contestant, shown: number): void {
  function List(): ReactNode {
    const rows = useSyncExternalStore(contestant.subscribe, contestant.list);
    return createElement(
      "ol",
      null,
      rows.slice(0, shown).map((row) => createElement(RowView, { key: row.id, row })),
    );
  }
  createRoot(root).render(createElement(List));
}
