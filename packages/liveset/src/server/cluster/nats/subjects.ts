/** The subject of an epoch's entries; of all entries for `*`. */
export function subjectOf(name: string, epoch: string): string {
  return `${name}.log.${epoch}`;
}

/** The epoch of a subject. */
export function epochOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

/** Stands for an epoch in a stream in which no log was begun. */
export const noEpoch = "0";

/** A new epoch; its name says with which place it begins. */
export function makeEpoch(place: number): string {
  return `${place}-${crypto.randomUUID()}`;
}

/** The place of an epoch's first entry. */
export function firstPlaceOf(epoch: string): number {
  return Number.parseInt(epoch, 10);
}
