// Every colour and measure of the face, in one place: two greys, one ink, one accent (deep teal) and the colours of states, each
// pair at WCAG 2.2 AA contrast in light and dark. Spacing in steps of 4, radius 6.

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#e8f3f2",
  "#cfe5e4",
  "#a3cdcb",
  "#74b4b1",
  "#4c9d9b",
  "#2f8583",
  "#1d7372",
  "#126565",
  "#0b5a5e",
  "#064347",
];

// Mantine draws fields and floating boxes in the dark scheme with its own greys; these are ours.
const dark0: MantineColorsTuple = [
  "#e6ecea",
  "#c3cdca",
  "#a5b3af",
  "#74827e",
  "#3a4644",
  "#2c3735",
  "#1f2928",
  "#182020",
  "#111615",
  "#0c1010",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 8,
  colors: { accent, dark: dark0 },
  defaultRadius: 6,
  fontFamily: '"Inter Variable", "Noto Sans SC Variable", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  respectReducedMotion: true,
  cursorType: "pointer",
});

const light = {
  "--sr-ground": "#f3f5f4",
  "--sr-surface": "#ffffff",
  "--sr-raised": "#ffffff",
  "--sr-line": "#dce2e0",
  "--sr-line-strong": "#7c8985",
  "--sr-ink": "#16211f",
  "--sr-ink-soft": "#52605c",
  "--sr-accent": "#0b5a5e",
  "--sr-accent-soft": "#e0efed",
  "--sr-hover": "#f0f4f3",
  "--sr-sea": "#e9eff0",
  "--sr-land": "#d3dcd9",
  "--sr-draft": "#48534f",
  "--sr-draft-soft": "#e9edeb",
  "--sr-signed": "#1d4f91",
  "--sr-signed-soft": "#e3ecf8",
  "--sr-agreed": "#0b5a5e",
  "--sr-agreed-soft": "#dcefee",
  "--sr-confirmed": "#1b5e30",
  "--sr-confirmed-soft": "#e0f1e4",
  "--sr-refused": "#9b1c1c",
  "--sr-refused-soft": "#fbe7e5",
  "--sr-late": "#734500",
  "--sr-late-soft": "#fcf0d6",
};

const dark: typeof light = {
  "--sr-ground": "#111615",
  "--sr-surface": "#182020",
  "--sr-raised": "#1f2928",
  "--sr-line": "#2c3735",
  "--sr-line-strong": "#74827e",
  "--sr-ink": "#e6ecea",
  "--sr-ink-soft": "#a5b3af",
  "--sr-accent": "#6bc9c4",
  "--sr-accent-soft": "#17312f",
  "--sr-hover": "#1f2928",
  "--sr-sea": "#141c1d",
  "--sr-land": "#2b3634",
  "--sr-draft": "#c3cdca",
  "--sr-draft-soft": "#2a3331",
  "--sr-signed": "#9cc3f5",
  "--sr-signed-soft": "#1a2c44",
  "--sr-agreed": "#74d0cc",
  "--sr-agreed-soft": "#123433",
  "--sr-confirmed": "#8ad39b",
  "--sr-confirmed-soft": "#16331f",
  "--sr-refused": "#f7a9a4",
  "--sr-refused-soft": "#431f1e",
  "--sr-late": "#f0c674",
  "--sr-late-soft": "#3a2c0f",
};

// Mantine's own greys for dimmed text, placeholders and errors miss AA on our ground; ours replace them.
const shared = {
  "--mantine-color-dimmed": "var(--sr-ink-soft)",
  "--mantine-color-text": "var(--sr-ink)",
  "--mantine-color-body": "var(--sr-ground)",
  "--mantine-color-placeholder": "var(--sr-ink-soft)",
  "--mantine-color-error": "var(--sr-refused)",
  "--mantine-color-default-border": "var(--sr-line)",
  "--mantine-color-default": "var(--sr-surface)",
  "--mantine-color-anchor": "var(--sr-accent)",
  "--mantine-color-accent-light": "var(--sr-accent-soft)",
  "--mantine-color-accent-light-color": "var(--sr-accent)",
  "--mantine-color-accent-outline": "var(--sr-accent)",
};

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...light, ...shared },
  dark: { ...dark, ...shared },
});
