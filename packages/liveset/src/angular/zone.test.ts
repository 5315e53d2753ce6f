// @vitest-environment happy-dom
import "zone.js";
import "@angular/compiler";
import { Component, createComponent, NgZone, provideZoneChangeDetection } from "@angular/core";
import { createApplication } from "@angular/platform-browser";
import { expect, test } from "vitest";
import { FakeSocket, rig, type TestApi, task } from "../client/fake-network.fixture.ts";
import { injectClient, injectLiveList, provideLiveset } from "./index.ts";

test("with zone.js the connection lives outside of Angular's zone, and what comes over it is rendered", async () => {
  const zones: boolean[] = [];
  const socket = new FakeSocket();
  const { client } = rig({
    webSocket: () => {
      zones.push(NgZone.isInAngularZone());
      return socket;
    },
  });
  class Page {
    readonly tasks = injectLiveList(injectClient<TestApi>().tasks);
    texts(): string {
      return this.tasks
        .value()
        .map(({ text }) => text)
        .join();
    }
  }
  Component({ selector: "task-page", template: "{{ texts() }}" })(Page);
  const app = await createApplication({ providers: [provideZoneChangeDetection(), provideLiveset(client)] });
  const page = app.injector.get(NgZone).run(() => {
    const ref = createComponent(Page, { environmentInjector: app.injector });
    app.attachView(ref.hostView);
    return ref;
  });
  expect(zones).toEqual([false]);
  socket.greet();
  socket.snapshot([task(1, "Milk")]);
  await app.whenStable();
  expect(page.location.nativeElement.textContent).toBe("Milk");
  page.destroy();
  app.destroy();
});
