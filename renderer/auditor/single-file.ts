import { sha256 } from "@noble/hashes/sha2.js";
import type { Plugin } from "vite";

/**
 * Puts the page's one script and one style sheet into the page itself, and forbids everything else by their hashes: no
 * request leaves a page that was opened from a disk.
 */
export function singleFile(): Plugin {
  return {
    name: "single-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const parts = Object.values(bundle);
      const page = parts.find((part) => part.type === "asset" && part.fileName.endsWith(".html"));
      const style = parts.find((part) => part.type === "asset" && part.fileName.endsWith(".css"));
      const scripts = parts.filter((part) => part.type === "chunk");
      const [script] = scripts;
      if (page?.type !== "asset" || style?.type !== "asset" || script === undefined || scripts.length !== 1) {
        throw new Error("the verifier must be one page, one script and one style sheet");
      }
      // What ends a script element must not stand in it; both spellings mean the same inside a string.
      const code = script.code.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      const css = textOf(style.source).trim();
      const policy = [
        "default-src 'none'",
        `script-src '${hashOf(code)}'`,
        `style-src '${hashOf(css)}'`,
        "base-uri 'none'",
        "form-action 'none'",
      ].join("; ");
      page.source = textOf(page.source)
        .replace(/\s*<(?:script|link)\b[^>]*(?:><\/script>|>)/g, "")
        .replace('<meta charset="utf-8" />', (charset) =>
          [charset, `<meta http-equiv="Content-Security-Policy" content="${policy}" />`].join("\n    "),
        )
        .replace("</head>", () => `  <style>${css}</style>\n  </head>`)
        .replace("</body>", () => `  <script type="module">${code}</script>\n  </body>`);
      for (const part of parts) if (part !== page) delete bundle[part.fileName];
    },
  };
}

function textOf(source: string | Uint8Array): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}

function hashOf(text: string): string {
  return `sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))))}`;
}
