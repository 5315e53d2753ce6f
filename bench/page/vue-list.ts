import { createApp, defineComponent, h, type PropType, shallowRef } from "vue";
import type { Contestant, Row } from "./contestant.ts";

const RowView = defineComponent({
  props: { row: { type: Object as PropType<Row>, required: true } },
  setup: (props) => () => h("li", { id: `r${props.row.id}` }, props.row.text),
});

/** Shows the first rows of a contestant's list with Vue: a component for each row. */
export function mountVue(root: Element, contestant: Contestant, shown: number): void {
  const rows = shallowRef(contestant.list());
  contestant.subscribe(() => {
    rows.value = contestant.list();
  });
  const List = (): unknown =>
    h(
      "ol",
      rows.value.slice(0, shown).map((row) => h(RowView, { key: row.id, row })),
    );
  createApp(List as never).mount(root);
}
