// Ways to the page of a form.

import type { Body } from "../payload";
import { go, to } from "../route";

/** The page of a form: which form, from what, with which draft. */
export const formPage = (kind: string, about?: string): string => to(["form", kind], { about });
export const openForm = (kind: string, about?: string): void => go(["form", kind], { about });
/** Opens a form with what is prepared in it: members of the body. */
export const openPrepared = (kind: string, said: Body, from: PreparedFrom = {}): void =>
  go(["form", kind], { ...from, said: JSON.stringify(said) });

export interface PreparedFrom {
  /** The subject it is about. */
  about?: string;
  /** The record that was set aside and is said again. */
  again?: string;
  /** Where to go when it is signed: parts of an address. */
  back?: string;
}
