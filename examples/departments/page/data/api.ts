import type { Api } from "liveset";
import type { departmentResources } from "../../resources.ts";

/** What of the demo's server this page uses. */
export type DepartmentsApi = Api<ReturnType<typeof departmentResources>>;
