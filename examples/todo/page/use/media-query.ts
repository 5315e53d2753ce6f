import { onScopeDispose, type Ref, shallowRef } from "vue";

/** Whether a media query fits, kept up to date. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query);
  const fits = shallowRef(media.matches);
  const update = () => {
    fits.value = media.matches;
  };
  media.addEventListener("change", update);
  onScopeDispose(() => media.removeEventListener("change", update));
  return fits;
}
