import { onScopeDispose } from "vue";

/** Single keys that do something wherever the focus is, except where somebody types. */
export function useShortcuts(keys: Readonly<Record<string, () => void>>): void {
  const press = (event: KeyboardEvent) => {
    const run = keys[event.key];
    if (run === undefined || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    run();
  };
  window.addEventListener("keydown", press);
  onScopeDispose(() => window.removeEventListener("keydown", press));
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLElement && target.closest("dialog[open], textarea, select") !== null;
}
