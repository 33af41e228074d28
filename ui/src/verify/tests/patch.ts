import type { Plain } from "./ledger";

/** One operation of a JSON Patch (RFC 6902) of those the vectors use. */
export type Operation = { readonly op: "add" | "remove" | "replace"; readonly path: string; readonly value?: Plain };

/** The document with the operations applied, one after another. */
export function patched(document: Plain, operations: readonly Operation[]): Plain {
  const copy = structuredClone(document);
  for (const operation of operations) apply(copy, operation);
  return copy;
}

function apply(document: Plain, { op, path, value }: Operation): void {
  const steps = path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop() ?? "";
  const parent = steps.reduce(child, document);
  if (Array.isArray(parent)) {
    const at = last === "-" ? parent.length : Number(last);
    if (at > parent.length || (op !== "add" && at === parent.length)) throw new Error(`no element ${path}`);
    parent.splice(at, op === "add" ? 0 : 1, ...(op === "remove" ? [] : [value as Plain]));
    return;
  }
  if (parent === null || typeof parent !== "object") throw new Error(`nothing holds ${path}`);
  if (op !== "add" && !(last in parent)) throw new Error(`no member ${path}`);
  if (op === "remove") delete parent[last];
  else parent[last] = value as Plain;
}

function child(value: Plain, step: string): Plain {
  const found = Array.isArray(value)
    ? value[Number(step)]
    : value !== null && typeof value === "object"
      ? value[step]
      : undefined;
  if (found === undefined) throw new Error(`no ${step}`);
  return found;
}
