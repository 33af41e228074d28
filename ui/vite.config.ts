import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The window and `sealroad serve` both load these files from disk: paths stay relative, nothing comes from elsewhere.
export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // One program, loaded from disk: splitting it would only delay the first screen.
    chunkSizeWarningLimit: 2500,
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
