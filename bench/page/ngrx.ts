import "@angular/compiler";
import { createEnvironmentInjector, type EnvironmentInjector, Injector } from "@angular/core";
import { patchState, signalStore } from "@ngrx/signals";
import { setAllEntities, setEntity, withEntities } from "@ngrx/signals/entities";
import { type Contestant, type Row, Told } from "./contestant.ts";

/** Entities of an NgRX SignalStore, which are in the order in which they came. Whoever listens is told by hand, without Angular's effects. */
export function ngrx(): Contestant {
  const Store = signalStore({ protectedState: false }, withEntities<Row>());
  const store = createEnvironmentInjector([Store], Injector.NULL as EnvironmentInjector).get(Store);
  const told = new Told();
  return {
    load(rows) {
      patchState(store, setAllEntities([...rows]));
      told.tell();
    },
    change(row) {
      patchState(store, setEntity(row));
      told.tell();
    },
    list: () => store.entities(),
    subscribe: told.subscribe,
  };
}
