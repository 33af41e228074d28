// The one error that reaches a user, and how it is worded. The sentence belongs to the code; nobody looks inside messages.

import type { TFunction } from "i18next";
import type { UserError } from "./generated";

/** Anything that was thrown, as a `UserError`. What is not one gets the code `unexpected` and keeps its text for the support desk. */
export function asUserError(problem: unknown): UserError {
  if (typeof problem === "object" && problem !== null && "code" in problem && typeof problem.code === "string") {
    const given = problem as Partial<UserError> & { code: string };
    return { code: given.code, field: given.field ?? null, values: given.values ?? {}, retry: given.retry ?? false };
  }
  return { code: "unexpected", field: null, values: { what: String(problem) }, retry: true };
}

/** The sentence for an error, in the language of `t`. */
export function wordError(t: TFunction, problem: unknown): string {
  const error = asUserError(problem);
  const values = { ...error.values, code: error.code };
  return t([`rules.${error.code}`, `errors.${error.code}`, "errors.other"], values);
}
