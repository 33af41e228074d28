// What a form is made of. A form is data: its fields in order; one page draws them all and one function turns what was typed
// into what will be said.

import type { ComponentType } from "react";
import type { Detail, JsonValue, Table, UserError } from "../../api/generated";
import type { Body } from "../payload";

export type FieldType =
  | "text"
  | "long"
  | "local"
  | "quantity"
  | "place"
  | "when"
  | "time"
  | "day"
  | "who"
  | "subject"
  | "subjects"
  | "record"
  | "select"
  | "many"
  | "country"
  | "count"
  | "grams"
  | "hs"
  | "words"
  | "group"
  | "list"
  | "flow"
  | "own";

/** A value as it will be said, or why it cannot be read. */
export interface Made {
  value?: JsonValue;
  problem?: string;
  inner?: UserError[];
}

export interface OwnProps {
  label: string;
  path: string;
  /** Problems of the value itself and of what is inside it. */
  problems: UserError[];
  value: unknown;
  set(value: unknown): void;
}

/** A field that its feature draws and reads. */
export interface Own {
  Draw: ComponentType<OwnProps>;
  make(value: unknown, path: string): Made;
  /** What stands in it for a value that somebody has prepared. */
  fill(value: JsonValue): unknown;
}

export interface Field {
  path: string;
  type: FieldType;
  optional?: boolean;
  /** `select`, `many`: the values, in the order that the record wants them sorted in. */
  options?: readonly string[];
  /** `select`, `many`: where the words of the options are, when not under `values.<path>`. */
  words?: string;
  /** `subject`, `subjects`: from which tables. */
  from?: readonly Table[];
  /** `subject`: the amount beside it is in the unit of what is chosen. */
  units?: boolean;
  /** `who`: only parties with a key of their own. */
  withKey?: boolean;
  /** `record`: which records of the subject's time line may be meant. */
  among?: (detail: Detail, me: string) => Array<{ id: string; kind: string; note: string }>;
  /** `list`, `group`: what is inside. */
  of?: Field[];
  /** `own`: how. */
  own?: Own;
  /** `list`: how many at least. */
  least?: number;
  /** Whole width of the form. */
  wide?: boolean;
}

/** What stands in a form, by path. All of it can be written as JSON: it is what a draft keeps. */
export type Values = { [path: string]: unknown };

export interface Start {
  detail: Detail | null;
  /** did:key of the party that signs. */
  me: string;
}

export interface Form {
  kind: string;
  fields: Field[];
  /** What stands in it at first. */
  start?(from: Start): Values;
  /** Members that nobody types: the shipment it is about, the offer it answers. */
  fixed?(from: Start): Body;
  /** Shown under the fields and kept true while typing. */
  Extra?: ComponentType<{ values: Values }>;
  /** Files may be attached to it: it has two sides. */
  documents?: boolean;
  /** Where to go when signed without a subject to return to. */
  home: string[];
}
