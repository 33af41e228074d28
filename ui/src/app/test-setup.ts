// What jsdom lacks and Mantine asks for.

import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { forgetImport } from "../shared/imports";
import { i18next, learnAll } from "./i18n";

// A machine that does something else beside needs longer than the second it is given by default.
configure({ asyncUtilTimeout: 8_000 });

class NoResize {
  observe() {}
  unobserve() {}
  disconnect() {}
}

if (typeof window !== "undefined") {
  window.ResizeObserver = NoResize as unknown as typeof ResizeObserver;
  window.matchMedia = (query: string) =>
    ({
      matches: false,
      media: query,
      addEventListener() {},
      removeEventListener() {},
      addListener() {},
      removeListener() {},
    }) as unknown as MediaQueryList;
  window.Blob.prototype.arrayBuffer = function read(this: Blob) {
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer(this);
    });
  };
  Object.defineProperty(document, "fonts", { configurable: true, value: new EventTarget() });
  window.HTMLElement.prototype.scrollIntoView = () => undefined;
  // The virtual table asks how large its box is.
  Object.defineProperty(window.HTMLElement.prototype, "clientHeight", { configurable: true, value: 640 });
  Object.defineProperty(window.HTMLElement.prototype, "clientWidth", { configurable: true, value: 900 });

  beforeEach(async () => {
    window.location.hash = "#/";
    sessionStorage.clear();
    localStorage.clear();
    forgetImport();
    await learnAll();
    await i18next.changeLanguage("en");
  });
  afterEach(cleanup);
}
