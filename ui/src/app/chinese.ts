// The Chinese letters are a hundred small files, and the sheet that says which letter is in which weighs as much as all other sheets
// together. It is read when the first such letter is to be drawn, in whatever language the screen is.

import anyOne from "@fontsource-variable/noto-sans-sc/files/noto-sans-sc-97-wght-normal.woff2?url";

/** As the theme names it. */
const FAMILY = "Noto Sans SC Variable";

/** Has the sheet at hand. */
export async function learnChinese(): Promise<void> {
  await import("@fontsource-variable/noto-sans-sc");
}

/**
 * Stands in for the family with the smallest of its files. The engine asks for it as soon as a letter is to be drawn that the first
 * family does not have, which is the moment to read the sheet.
 */
export function awaitChinese(): void {
  const face = new FontFace(FAMILY, `url(${anyOne})`, { weight: "100 900", display: "swap" });
  document.fonts.add(face);
  const leave = () => document.fonts.delete(face);
  face.loaded.then(learnChinese).then(leave, leave);
}
