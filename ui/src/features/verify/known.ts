// What a dropped file is when it is not evidence: told by its first bytes and its form, before anything is checked.

export type Known = "anchor" | "epcis" | "database" | "keys";

/** Longer than this no anchor and no list of events is parsed just to be recognised: 32 MiB. */
const LONGEST = 32 * 1_048_576;

/** Null: evidence, or nothing we know. */
export async function recognise(file: File): Promise<Known | null> {
  const head = new TextDecoder().decode(await file.slice(0, 16).arrayBuffer());
  // Database file format, section 1.3: the header string.
  if (head.startsWith("SQLite format 3")) return "database";
  if (/\.sealed$/.test(file.name)) return "keys";
  if (file.size > LONGEST) return null;
  const text = new TextDecoder().decode(await file.arrayBuffer()).trimStart();
  // EPCIS 2.0 is also written in XML.
  if (/^<[^>]*>?\s*<?[^>]*EPCISDocument/.test(text.slice(0, 1_000))) return "epcis";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { form, type } = value as { form?: unknown; type?: unknown };
    if (typeof form === "string" && form.startsWith("sealroad-anchor.")) return "anchor";
    return type === "EPCISDocument" || type === "EPCISQueryDocument" ? "epcis" : null;
  } catch {
    return null;
  }
}
