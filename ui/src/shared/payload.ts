// How a payload is written: `{kind, body}`, the kind with its form number. Only this file knows.

import type { JsonValue, Payload } from "../api/generated";

export type Body = { [key: string]: JsonValue | undefined };

/** A payload of form 1. Members that are undefined are left out: absent and null are different things in a record. */
export function payload(kind: string, body: Body): Payload {
  return { kind: `${kind}.1`, body: JSON.parse(JSON.stringify(body)) } as Payload;
}

/** Kind without form: `logistics.departed`. */
export function kindOf(said: { kind: string }): string {
  return said.kind.replace(/\.\d+$/, "");
}

export function bodyOf(said: Payload): Body {
  return (said.body ?? {}) as unknown as Body;
}
