import { type Ref, shallowRef, watchEffect } from "vue";

/** How the page looks: as the system says, or as chosen. */
export type Theme = "auto" | "light" | "dark";

const key = "todo.theme";

/** The chosen theme, kept in this browser and shown at once. */
export function useTheme(): Ref<Theme> {
  const kept = localStorage.getItem(key);
  const theme = shallowRef<Theme>(kept === "light" || kept === "dark" ? kept : "auto");
  watchEffect(() => {
    if (theme.value === "auto") {
      localStorage.removeItem(key);
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem(key, theme.value);
      document.documentElement.dataset.theme = theme.value;
    }
  });
  return theme;
}
