import { rmSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * Removes what an earlier build of the program left, and only that: `verify.html` in the same folder comes from a build of its own
 * (`vite.verify.config.ts`) and outlives this one.
 */
function emptyOwn(): Plugin {
  let assets = "";
  return {
    name: "sealroad-empty-own",
    apply: "build",
    configResolved(config) {
      assets = resolve(config.root, config.build.outDir, config.build.assetsDir);
    },
    buildStart() {
      rmSync(assets, { recursive: true, force: true });
    },
  };
}

// The window and `sealroad serve` both load these files from disk: paths stay relative, nothing comes from elsewhere.
export default defineConfig({
  base: "./",
  plugins: [react(), emptyOwn()],
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    assetsInlineLimit: 0,
  },
  test: {
    testTimeout: 20_000,
    css: false,
    projects: [
      {
        extends: true,
        test: {
          name: "app",
          environment: "jsdom",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: ["src/verify/**"],
          setupFiles: ["src/app/test-setup.ts"],
        },
      },
      // The verifier knows neither window nor screens.
      { extends: true, test: { name: "verify", environment: "node", include: ["src/verify/**/*.test.ts"] } },
    ],
  },
});
