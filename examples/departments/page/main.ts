import { provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { provideLiveset } from "liveset/angular";
import { createClient } from "liveset/client";
import "../../todo/page/styles/tokens.css";
import "../../todo/page/styles/base.css";
import "../../todo/page/styles/connection.css";
import "../../todo/page/styles/notices.css";
import "./styles/departments.css";
import { DepartmentsApp } from "./departments-app.ts";

// The colours that were chosen on the to-do page.
const theme = localStorage.getItem("todo.theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

bootstrapApplication(DepartmentsApp, {
  providers: [provideZonelessChangeDetection(), provideLiveset(() => createClient("/ws/"))],
}).catch((error: unknown) => console.error(error));
