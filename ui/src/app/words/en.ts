// All English words, put together in one piece that is loaded when they are shown or searched.

import type { Tree } from "../i18n";

export const files = import.meta.glob<Tree>(
  [
    "../../words/*.en.json",
    "../../shared/words.en.json",
    "../../features/*/words.en.json",
    "!../../words/verify.en.json",
  ],
  { eager: true, import: "default" },
);
