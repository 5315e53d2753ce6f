import { createApp } from "vue";
import "../../../todo/page/styles/tokens.css";
import "../../../todo/page/styles/base.css";
import { store } from "./store.ts";
import TutorialPage from "./TutorialPage.vue";

createApp(TutorialPage).use(store).mount("#app");
