// From what could be said to what stands in a form: the opposite of `assemble`, for steps that somebody has prepared.

import type { JsonValue, When, Who } from "../../api/generated";
import { typed } from "./assemble";
import type { Field, Values } from "./spec";

function one(field: Field, value: JsonValue): unknown {
  switch (field.type) {
    case "when": {
      const when = value as unknown as When;
      return { text: typed(when.time, when.zone), zone: when.zone };
    }
    case "who": {
      const who = value as unknown as Who;
      return "party" in who ? who.party : who.partner;
    }
    case "own":
      return field.own?.fill(value);
    case "count":
      return String(value);
    case "words":
      return Array.isArray(value) ? value.join(", ") : "";
    default:
      return value;
  }
}

const FILLED = new Set([
  "text",
  "long",
  "local",
  "place",
  "when",
  "who",
  "count",
  "select",
  "many",
  "country",
  "words",
  "subject",
  "hs",
  "own",
]);

/** Values for the fields that `body` speaks of. */
export function fill(fields: Field[], body: { [key in string]: JsonValue }): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = body[field.path];
    if (value !== undefined && value !== null && FILLED.has(field.type)) values[field.path] = one(field, value);
  }
  return values;
}
