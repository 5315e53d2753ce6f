/** What the parts of a module are called, after one of its resource's things. */
export interface ModuleNames {
  /** Of the state, and of its getter: `patientData`. */
  readonly data: string;
  /** Of the mutation: `UPDATE_PATIENT_DATA`. */
  readonly update: string;
  /** Of the action: `loadPatients`. */
  readonly load: string;
  /** Of the action that lets go: `leavePatients`. */
  readonly leave: string;
  /** Of the getter: `getPatientById`. */
  readonly byId: string;
}

/** The names of a module for a resource: of `patients` those of the tutorial; words may be joined by case, `-` or `_`. */
export function namesOf(resource: string, singular: string = singularOf(resource)): ModuleNames {
  const [one, all] = [wordsOf(singular), wordsOf(resource)];
  return {
    data: `${camel(one)}Data`,
    update: `UPDATE_${one.join("_").toUpperCase()}_DATA`,
    load: `load${pascal(all)}`,
    leave: `leave${pascal(all)}`,
    byId: `get${pascal(one)}ById`,
  };
}

/** One of them, as English mostly has it; what is called differently is named by an option. */
function singularOf(plural: string): string {
  if (/[^aeiou]ies$/i.test(plural)) return plural.replace(/ies$/i, "y");
  if (/(ss|x|zz|ch|sh)es$/i.test(plural)) return plural.replace(/es$/i, "");
  return /[^s]s$/i.test(plural) ? plural.slice(0, -1) : plural;
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

function pascal(words: readonly string[]): string {
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function camel(words: readonly string[]): string {
  const name = pascal(words);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
