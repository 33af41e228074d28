import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

/** Content Security Policy source of one inline text. */
function sourceOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * Puts script and style into the page, so that it is one file that works from disk, and forbids it by a policy to
 * load or send anything else.
 */
function oneFile(): Plugin {
  return {
    name: "sealroad-one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const scripts: string[] = [];
      const styles: string[] = [];
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === "chunk") scripts.push(part.code.replaceAll("</script", "<\\/script"));
        else if (name.endsWith(".css")) styles.push(String(part.source));
        else continue;
        delete bundle[name];
      }
      const page = bundle["verify.html"];
      if (page?.type !== "asset") throw new Error("verify.html was not built");
      if (scripts.length !== 1) throw new Error(`one script was expected, not ${scripts.length}`);
      page.source = inlined(String(page.source), scripts.join(""), styles.join(""));
    },
  };
}

function inlined(page: string, script: string, style: string): string {
  const policy = `default-src 'none'; img-src data:; script-src ${sourceOf(script)}; style-src ${sourceOf(style)}; base-uri 'none'; form-action 'none'`;
  const bare = page
    .replace(/\s*<script\b[^>]*src=[^>]*><\/script>/g, "")
    .replace(/\s*<link\b[^>]*rel="(?:stylesheet|modulepreload)"[^>]*>/g, "");
  // Replacements as functions: `$` in a script must stay what it is.
  return bare
    .replace(
      /(<meta charset[^>]*>)/,
      (meta) => `${meta}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    )
    .replace("</head>", () => `<style>${style}</style>\n</head>`)
    .replace("</body>", () => `<script type="module">${script}</script>\n</body>`);
}

/** `--mode cli` builds the same verifier for Node, as `dist-verify/cli.js`. */
export default defineConfig(({ mode }) =>
  mode === "cli"
    ? {
        build: { ssr: "src/verify/cli.ts", outDir: "dist-verify", target: "node20", copyPublicDir: false },
        ssr: { noExternal: true },
      }
    : {
        plugins: [oneFile()],
        build: {
          outDir: "dist",
          emptyOutDir: false,
          copyPublicDir: false,
          target: "es2022",
          modulePreload: false,
          cssCodeSplit: false,
          rolldownOptions: { input: "verify.html" },
        },
      },
);
