import { ChangeDetectionStrategy, Component, input } from "@angular/core";

/** An icon, drawn by one path in a square of 24. */
@Component({
  selector: "app-icon",
  template: `
    <svg [attr.width]="size()" [attr.height]="size()" viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path
        [attr.d]="path()"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AppIcon {
  readonly path = input.required<string>();
  readonly size = input(18);
}
