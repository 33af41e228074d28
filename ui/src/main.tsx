import { createRoot } from "react-dom/client";
import { newClient } from "./api/hooks";
import { App } from "./app/App";
import { languageFor, learn } from "./app/i18n";

/**
 * The letters of the first screen. Drawn before they are there it would change before the reader's eyes, and the system's
 * Chinese font, which stands in for them, would be held in memory.
 */
const LETTERS = "14px 'Inter Variable'";

async function begin(root: HTMLElement): Promise<void> {
  // A font that cannot be loaded is no reason to show nothing.
  const letters = document.fonts.load(LETTERS).catch(() => []);
  await Promise.all([letters, learn(languageFor("system"))]);
  createRoot(root).render(<App client={newClient()} />);
}

const root = document.getElementById("root");
if (root) begin(root);
