// All German words, put together in one piece that is loaded when they are shown or searched.

import type { Tree } from "../i18n";

export const files = import.meta.glob<Tree>(
  [
    "../../words/*.de.json",
    "../../shared/words.de.json",
    "../../features/*/words.de.json",
    "!../../words/verify.de.json",
  ],
  { eager: true, import: "default" },
);
