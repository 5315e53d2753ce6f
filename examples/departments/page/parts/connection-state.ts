import { DatePipe } from "@angular/common";
import { ChangeDetectionStrategy, Component, computed, inject } from "@angular/core";
import { injectConnection } from "liveset/angular";
import { DepartmentStore } from "../data/department-store.ts";

const labels = {
  live: "Live",
  connecting: "Connecting",
  "catching-up": "Catching up",
  offline: "Offline",
  paused: "Connecting",
} as const;

/** How the page stands to the server: live where both its requests and its notices come through. */
@Component({
  selector: "connection-state",
  template: `
    <div class="connection" [attr.data-state]="state()" [title]="line.error()?.message ?? ''">
      <span class="dot"></span>
      <span role="status">
        {{ labels[state()] }}
        @if (state() === "offline") {
          <span class="since">since {{ line.since() | date: "mediumTime" }}</span>
        }
      </span>
      @if (state() === "offline") {
        <button type="button" class="retry" (click)="line.reconnect()">Try now</button>
      }
    </div>
  `,
  imports: [DatePipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionState {
  readonly #data = inject(DepartmentStore);
  protected readonly line = injectConnection();
  protected readonly labels = labels;
  protected readonly state = computed(() => {
    const connection = this.line.connection();
    return connection === "live" && !this.#data.hears() ? "catching-up" : connection;
  });
}
