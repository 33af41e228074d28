// From what could be said to what stands in a form: the opposite of `assemble`, for steps that somebody has prepared.

import type { JsonValue, Quantity, When, Who } from "../../api/generated";
import type { Body } from "../payload";
import { nowHere, typed } from "./assemble";
import type { Field, Values } from "./spec";

/** Thousandths of a kilogram as people type kilograms. */
function kilograms(grams: number): string {
  return plain(grams, 3);
}

/** Digits and scale as a number is typed, with a point. */
function plain(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, "0");
  const part = scale ? `.${digits.slice(-scale)}` : "";
  return `${value < 0 ? "-" : ""}${digits.slice(0, digits.length - scale)}${part}`;
}

interface Leg {
  from: JsonValue;
  to: JsonValue;
  mode: JsonValue;
  departs?: string;
  arrives?: string;
}

/** Stops from legs: each stop is where one leg ends and the next begins. */
function stops(legs: Leg[]): Values[] {
  const zone = nowHere().zone;
  const time = (iso: string | undefined) => (iso === undefined ? undefined : { text: typed(iso, zone), zone });
  const first = legs[0];
  if (!first) return [];
  const ends = legs.map((leg, n) => ({
    place: leg.to,
    mode: leg.mode,
    arrives: time(leg.arrives),
    departs: time(legs[n + 1]?.departs),
  }));
  return [{ place: first.from, departs: time(first.departs) }, ...ends];
}

function amount(value: JsonValue): unknown {
  const { value: digits, scale, unit } = value as unknown as Quantity;
  return { text: plain(digits, scale), unit };
}

function one(field: Field, value: JsonValue): unknown {
  switch (field.type) {
    case "when": {
      const when = value as unknown as When;
      return { text: typed(when.time, when.zone), zone: when.zone };
    }
    case "time": {
      const zone = nowHere().zone;
      return { text: typed(String(value), zone), zone };
    }
    case "day":
      return String(value).slice(0, 10);
    case "who": {
      const who = value as unknown as Who;
      return "party" in who ? who.party : who.partner;
    }
    case "own":
      return field.own?.fill(value);
    case "count":
      return String(value);
    case "grams":
      return kilograms(Number(value));
    case "quantity":
      return amount(value);
    case "words":
      return Array.isArray(value) ? value.join(", ") : "";
    case "list":
      return (value as Body[]).map((entry) => fill(field.of ?? [], entry));
    case "group":
      return fill(field.of ?? [], value as Body);
    case "flow":
      return stops(value as unknown as Leg[]);
    default:
      return value;
  }
}

/** Values for the fields that `body` speaks of. */
export function fill(fields: Field[], body: Body): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = body[field.path];
    if (value !== undefined && value !== null) values[field.path] = one(field, value);
  }
  return values;
}
