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
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/app/test-setup.ts"],
    css: false,
    testTimeout: 20_000,
  },
});
