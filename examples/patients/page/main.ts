import { createApp } from "vue";
import "../../todo/page/styles/tokens.css";
import "../../todo/page/styles/base.css";
import "../../todo/page/styles/connection.css";
import "./forms.css";
import App from "./App.vue";
import { createPatientsStore, storeKey } from "./store/store.ts";

createApp(App).use(createPatientsStore(), storeKey).mount("#app");
