type Child = Node | string | null;

/** An element with attributes and children; text is always set as text, never parsed. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/** Paths of the icons, on a grid of 24 (Tabler's shapes drawn anew with strokes). */
const ICONS = {
  accepted: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 12l3 3 5-6",
  refused: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9 9l6 6M15 9l-6 6",
  consistent: "M12 4 2.5 20h19zM12 10v4M12 17v.01",
  unreadable: "M6 3h8l4 4v14H6zM9 12l6 6M15 12l-6 6",
  "not-run": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 12h8",
} as const;
export type Icon = keyof typeof ICONS;

/** An icon; always stands beside its word, so it is hidden from screen readers. */
export function icon(name: Icon): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon ${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}
