// All Chinese words, put together in one piece that is loaded when they are shown or searched.

import type { Tree } from "../i18n";

export const files = import.meta.glob<Tree>(
  [
    "../../words/*.zh.json",
    "../../shared/words.zh.json",
    "../../features/*/words.zh.json",
    "!../../words/verify.zh.json",
  ],
  { eager: true, import: "default" },
);
